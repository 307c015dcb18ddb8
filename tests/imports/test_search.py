"""`samspor search` finds what a directory brought, and tells what is to be asked of a person whom nobody names."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk
from libs.host.settings import Settings
from tests.imports.conftest import Samspor


def test_what_fits_is_found_with_its_reasons(
    samspor: Samspor, hosted: Settings, catch_up: Callable[[], None], tmp_path: Path
) -> None:
    own, service, mark = str(uuid4()), str(uuid4()), f"q{uuid4().hex[:8]}"
    one = {"id": service, "name": f"Herberg {mark}", "status": "active"}
    (tmp_path / "one.json").write_text(json.dumps({"id": own, "name": "Hus", "description": "x", "services": [one]}))
    assert samspor("import-directory", tmp_path / "one.json", "--json")[0] == 0
    terms = partners.Eligibility(genders=["female"], excluded_situations=["substance_use"])
    with Desk(hosted) as desk:
        stating = partners.StateEligibility(organisation=own, service=service, eligibility=terms)
        desk.send(stating, OPERATOR, command_id=str(uuid4()))
    catch_up()
    code, found = samspor("search", mark, "--gender", "female", "--json")
    assert code == 0
    assert [each["id"] for each in found["services"]] == [service]
    assert found["services"][0]["eligible"] == {
        "verdict": "to_be_asked",
        "terms": [{"kind": "no_situation", "situation": "substance_use"}],
    }
    code, text = samspor("search", mark, "--gender", "female")
    assert code == 0
    assert "1 found" in text
    assert "services" not in samspor("search", mark, "--so", "substance_use", "--json")[1]


def test_a_word_that_is_none_is_refused_in_one_line(samspor: Samspor) -> None:
    for option in ("--category", "--gender", "--so", "--not-so"):
        code, text = samspor("search", option, "x")
        assert (code, len(text.splitlines())) == (2, 1)
        assert text.startswith("samspor: --")
        assert option in text
