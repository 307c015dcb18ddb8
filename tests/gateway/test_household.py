"""Who a citizen lives with: shown beside the organisations around them, linked by number, unlinked."""

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.world import CITIZEN, LINK, RELATIVE

PAGE = f"/citizens/{CITIZEN}/people"
NEW = f"/citizens/{CITIZEN}/household/new"
FIELDS = {"identifier.value": "020270-1234", "relation": "parent"}


def test_relatives_lead_to_their_pages(coordinator: Browser) -> None:
    page = coordinator.get(f"{PAGE}?lang=en").text
    assert f'href="/citizens/{RELATIVE}"' in page
    assert "Parent" in page


def test_a_relative_is_linked_by_number(coordinator: Browser) -> None:
    assert coordinator.send(NEW, FIELDS).url.path == PAGE
    linked = coordinator.services.last(consents.LinkHousehold)
    assert (linked.citizen, linked.other, linked.relation) == (CITIZEN, RELATIVE, "parent")


def test_one_whom_the_organisation_does_not_know_is_nobody(coordinator: Browser) -> None:
    """A number that nobody has, and one that somebody else's citizen has, look alike."""
    unknown = coordinator.send(NEW, FIELDS | {"identifier.value": "0909091234"})
    coordinator.services.refuse["LinkHousehold"] = Refused(Kind.UNKNOWN, "CITIZEN_UNKNOWN", "")
    forbidden = coordinator.send(NEW, FIELDS)
    for answer in (unknown, forbidden):
        assert answer.status_code == 422
        assert 'href="#identifier-value"' in answer.text


def test_a_link_is_ended(coordinator: Browser) -> None:
    answer = coordinator.send(f"/citizens/{CITIZEN}/household/{LINK}/unlink", {})
    assert answer.url.path == PAGE
    assert coordinator.services.last(consents.UnlinkHousehold).link == LINK
