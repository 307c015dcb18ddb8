"""docs/contracts is what the code declares today, and what it says is true."""

import json
import re
import string
from collections import defaultdict
from typing import Any, Final

import jsonschema
import pytest
import yaml

from libs.eventlog import Event, encode
from libs.eventlog.refusal import Refusal
from libs.host.service import NAMES, find
from libs.spec.contracts import committed, documents
from libs.spec.contracts.events import schema_of
from libs.spec.contracts.refusals import refusals
from libs.spec.sample import sample_record

EVENTS: Final = [event for service in find(NAMES) for event in service.events]
REFUSALS: Final = refusals()


def test_docs_say_what_the_code_says() -> None:
    made, found = documents(), committed()
    differing = sorted(name for name in made.keys() | found.keys() if made.get(name) != found.get(name))
    assert differing == [], "write them again with python -m libs.spec.contracts"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_published_as_its_schema_says(event: type[Event]) -> None:
    published = json.loads(encode(sample_record(event)))
    validator = jsonschema.Draft202012Validator(schema_of(event))
    assert [error.message for error in validator.iter_errors(published)] == []
    published["data"]["unheard_of"] = 1
    assert list(validator.iter_errors(published))


def refs(document: Any) -> list[str]:
    if isinstance(document, dict):
        own = [document["$ref"]] if isinstance(document.get("$ref"), str) else []
        return own + [ref for part in document.values() for ref in refs(part)]
    return [ref for part in document for ref in refs(part)] if isinstance(document, list) else []


def test_asyncapi_refers_to_what_there_is() -> None:
    found = committed()
    document = yaml.safe_load(found["asyncapi.yaml"])
    assert len(refs(document)) > len(EVENTS)
    for ref in refs(document):
        place = document
        for step in ref.removeprefix("#/").split("/") if ref.startswith("#/") else ():
            place = place[step]
        assert ref.startswith("#/") or ref in found


def test_every_event_has_a_channel() -> None:
    document = yaml.safe_load(committed()["asyncapi.yaml"])
    published = {ref for ref in refs(document["components"]) if ref.startswith("events/")}
    assert published == {f"events/{event.type}.json" for event in EVENTS}


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__qualname__)
def test_a_refusal_can_be_understood(refusal: type[Refusal]) -> None:
    assert re.fullmatch("[A-Z][A-Z_]+[A-Z]", refusal.reason)
    assert refusal.message.endswith((".", "}"))
    assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(refusal.message))


def test_a_reason_means_the_same_everywhere() -> None:
    kinds = defaultdict(set)
    for refusal in REFUSALS:
        kinds[refusal.reason].add(refusal.kind)
    assert {reason: found for reason, found in kinds.items() if len(found) > 1} == {}
