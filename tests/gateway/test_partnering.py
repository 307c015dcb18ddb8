"""What partners say of themselves and agree upon: their role."""

import pytest
from samspor.partners.v1 import partners_pb2

from tests.gateway.conftest import Browser
from tests.gateway.world import HOUSING, NGO

ROLE = f"/organisations/{NGO}/role"


@pytest.fixture
def keeper(browser: Browser) -> Browser:
    """Who keeps the profile of the NGO."""
    browser.sign_in("p-keeper")
    return browser


def test_the_administrator_describes_the_own_role(keeper: Browser) -> None:
    page = keeper.get(ROLE).text
    assert ">Mentorer til unge mødre.</textarea>" in page
    fields = {"roles": ["mentor", "companion"], "frame_codes": ["volunteers_only"], "degree": "ongoing"}
    answer = keeper.send(ROLE, fields | {"can": "a", "cannot": "b", "frame": "c"})
    assert answer.url.path == f"/organisations/{NGO}"
    command = keeper.services.last(partners_pb2.DescribeRole)
    assert (command.organisation, list(command.roles), command.degree) == (NGO, ["mentor", "companion"], "ongoing")


def test_nobody_describes_anybody_elses_role(keeper: Browser) -> None:
    assert keeper.get(f"/organisations/{HOUSING}/role").status_code == 404
    assert keeper.get(f"/organisations/{HOUSING}").text.count("/role") == 0


def test_others_read_the_role_and_have_no_form(helper: Browser) -> None:
    page = helper.get(f"/organisations/{NGO}?lang=en").text
    assert "mentor" in page
    assert "Therapist" not in page
    assert f"{ROLE}" not in page
    assert helper.get(ROLE).status_code == 404
