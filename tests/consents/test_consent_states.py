"""A consent in every state, and every command in each: one table says what is allowed and what it leads to."""

from typing import Any, Final

import msgspec
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Event, derived_id
from libs.host.times import period
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.errors import (
    AcknowledgementNotDue,
    ConsentBeyondRequest,
    ConsentNotActive,
    ConsentOverlapping,
    ConsentUnknown,
    RequestAnswered,
    RequestUnknown,
)
from services.consents.events import (
    ConsentGiven,
    ConsentInvalidated,
    ConsentRefused,
    ConsentRequested,
    ConsentWithdrawn,
    WithdrawalAcknowledged,
)
from tests.consents.people import CASE, CITIZEN, CONSENT, DAY, FAMILY, GIVEN, NGO, REGISTERED, YEAR, giving
from tests.consents.viewers import viewer

LATER: Final = "00000000-0000-4000-8000-000000000002"
REQUEST: Final = derived_id(CONTEXT.command_id, "request")
TERMS: Final = ("citizen", "case", "legalbasis", "kind", "grantee", "purposes", "categories", "since", "until", "scope")
REQUESTED: Final = ConsentRequested(
    request=REQUEST, notice_version=GIVEN.notice_version, **{name: getattr(GIVEN, name) for name in TERMS}
)
REFUSED: Final = ConsentRefused(citizen=CITIZEN, legalbasis=GIVEN.kind, request=REQUEST, grantee=NGO)
ANSWERED: Final = msgspec.structs.replace(GIVEN, request=REQUEST)
WITHDRAWN: Final = ConsentWithdrawn(
    citizen=CITIZEN,
    legalbasis=GIVEN.kind,
    consent=CONSENT,
    grantee=NGO,
    categories=GIVEN.categories,
    withdrawn=NOW + DAY,
)
INVALIDATED: Final = ConsentInvalidated(
    citizen=CITIZEN,
    legalbasis=GIVEN.kind,
    consent=CONSENT,
    grantee=NGO,
    categories=GIVEN.categories,
    ground="not_informed",
    invalidated=NOW + DAY,
)
RENEWAL: Final = msgspec.structs.replace(
    GIVEN, consent=derived_id(LATER, "consent"), renews=CONSENT, since=NOW + DAY, until=NOW + 2 * YEAR
)
STATES: Final[dict[str, tuple[Event, ...]]] = {
    "requested": (REQUESTED,),
    "refused": (REQUESTED, REFUSED),
    "given": (REQUESTED, ANSWERED),
    "withdrawn": (REQUESTED, ANSWERED, WITHDRAWN),
    "invalidated": (REQUESTED, ANSWERED, INVALIDATED),
    "expired": (REQUESTED, msgspec.structs.replace(ANSWERED, until=NOW + DAY)),
    "renewed": (REQUESTED, ANSWERED, RENEWAL),
}


def renewing(**changes: Any) -> consents.GiveConsent:
    return giving(**{"renews": CONSENT, "period": period(None, RENEWAL.until)} | changes)


COMMANDS: Final[dict[str, Any]] = {
    "give": giving(request=REQUEST),
    "refuse": consents.RefuseConsent(citizen=CITIZEN, request=REQUEST),
    "withdraw": consents.WithdrawConsent(citizen=CITIZEN, consent=CONSENT),
    "invalidate": consents.InvalidateConsent(citizen=CITIZEN, consent=CONSENT, ground="not_informed"),
    "renew": renewing(),
    "acknowledge": consents.AcknowledgeWithdrawal(citizen=CITIZEN, consent=CONSENT),
}
ALLOWED: Final = {
    ("requested", "give"): "given",
    ("requested", "refuse"): "refused",
    ("given", "withdraw"): "withdrawn",
    ("given", "invalidate"): "invalidated",
    ("given", "renew"): "renewed",
    ("expired", "renew"): "renewed",
    ("withdrawn", "acknowledge"): "withdrawn",
    ("invalidated", "acknowledge"): "invalidated",
}
"""State and command -> the state it leads to. Every other pair is refused."""


def refusal_of(state: str, command: str) -> type[Exception]:
    if command in ("give", "refuse"):
        return RequestAnswered
    if state in ("requested", "refused"):
        return ConsentUnknown
    return AcknowledgementNotDue if command == "acknowledge" else ConsentNotActive


def status_of(state: Any) -> str:
    """Of the consent; of the request where there is none yet."""
    consent = state.basis(CONSENT)
    return str(consent.status(NOW + 2 * DAY) if consent else state.requests[0].status)


@pytest.mark.parametrize("state", STATES)
def test_a_consent_is_in_the_state_its_events_say(state: str) -> None:
    assert status_of(given(DECIDER, REGISTERED, *STATES[state]).state) == state


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("state", STATES)
def test_each_command_in_each_state(state: str, command: str) -> None:
    organisation = NGO if command == "acknowledge" else FAMILY
    outcome = given(DECIDER, REGISTERED, *STATES[state]).when(
        COMMANDS[command], command_id=LATER, now=NOW + 2 * DAY, organisation=organisation
    )
    if (state, command) in ALLOWED:
        assert outcome.refusal is None, outcome.refusal
        assert outcome.events
        # The request of the table keeps its id; a consent given on it has the command's.
        found = outcome.state.basis(derived_id(LATER, "consent")) if command == "give" else None
        reached = found.status(NOW + 2 * DAY) if found else status_of(outcome.state)
        assert reached == ALLOWED[state, command]
    else:
        assert type(outcome.refusal) is refusal_of(state, command)
        assert outcome.events == ()


def test_a_request_is_recorded_in_the_terms_of_a_consent() -> None:
    fields = ("citizen", "kind", "grantee", "purposes", "categories", "period", "notice_version")
    same = giving()
    asked = consents.RequestConsent(**{name: getattr(same, name) for name in fields})
    given(DECIDER, REGISTERED).when(asked).then(REQUESTED)


def test_nothing_is_read_on_a_request() -> None:
    state = given(DECIDER, REGISTERED, REQUESTED).state
    assert state.relations(NGO, NOW) == []
    assert not state.is_known_to(viewer(NGO), NOW)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"categories": ["family", "health"]}, "categories", "health"),
        ({"purposes": ["mentoring", "treatment"]}, "purposes", "treatment"),
        ({"grantee": FAMILY}, "grantee", None),
        ({"kind": "procedural_consent", "case": CASE}, "kind", None),
        ({"period": period(None, NOW + 2 * YEAR)}, "period", None),
    ],
)
def test_nobody_gives_what_was_not_asked_for(changes: dict[str, Any], field: str, words: str | None) -> None:
    details = {"field": field} | ({"words": words} if words else {})
    given(DECIDER, REGISTERED, REQUESTED).when(giving(request=REQUEST, **changes)).refused(
        ConsentBeyondRequest, **details
    )


def test_less_than_was_asked_for_may_be_given() -> None:
    less = {"categories": ["family"], "period": period(None, NOW + DAY)}
    outcome = given(DECIDER, REGISTERED, REQUESTED).when(giving(request=REQUEST, **less))
    outcome.then(msgspec.structs.replace(ANSWERED, categories=("family",), until=NOW + DAY))
    assert outcome.state.requests[0].status == "given"


def test_an_answer_to_nothing_is_refused() -> None:
    given(DECIDER, REGISTERED).when(giving(request=REQUEST)).refused(RequestUnknown, request=REQUEST)


def test_the_sources_that_were_asked_for_are_the_most_that_is_given() -> None:
    asked = msgspec.structs.replace(REQUESTED, sources=(FAMILY,))
    given(DECIDER, REGISTERED, asked).when(giving(request=REQUEST)).refused(ConsentBeyondRequest, field="sources")
    given(DECIDER, REGISTERED, asked).when(giving(request=REQUEST, sources=[FAMILY])).then(
        msgspec.structs.replace(ANSWERED, sources=(FAMILY,))
    )


def test_a_renewal_begins_where_the_old_one_ends_and_leaves_no_gap() -> None:
    begins = NOW + YEAR - DAY
    outcome = given(DECIDER, REGISTERED, GIVEN).when(
        renewing(period=period(begins, RENEWAL.until)), command_id=LATER, now=NOW + DAY
    )
    outcome.then(msgspec.structs.replace(RENEWAL, since=begins))
    at = [NOW + DAY, begins - DAY, begins, NOW + YEAR + DAY, RENEWAL.until - DAY]
    assert [len(outcome.state.relations(NGO, each)) for each in at] == [1, 1, 1, 1, 1]
    assert outcome.state.relations(NGO, RENEWAL.until) == []


def test_a_renewal_is_of_a_consent_to_the_same_organisation() -> None:
    given(DECIDER, REGISTERED, GIVEN).when(renewing(grantee=FAMILY), command_id=LATER).refused(ConsentUnknown)


@pytest.mark.parametrize(
    ("changes", "overlaps"),
    [
        ({}, True),
        ({"categories": ["health"]}, False),
        ({"categories": ["health", "family"]}, True),
        ({"purposes": ["treatment"]}, False),
        ({"grantee": FAMILY}, False),
        ({"period": period(GIVEN.until, GIVEN.until + DAY)}, False),
        ({"period": period(GIVEN.until - DAY, GIVEN.until + DAY)}, True),
        ({"sources": [FAMILY]}, True),
        ({"kind": "procedural_consent", "case": CASE}, True),
    ],
)
def test_two_consents_to_the_same_are_refused(changes: dict[str, Any], overlaps: bool) -> None:
    outcome = given(DECIDER, REGISTERED, GIVEN).when(giving(**changes), command_id=LATER)
    if overlaps:
        outcome.refused(ConsentOverlapping, consent=CONSENT)
    else:
        assert len(outcome.events) == 1


def test_consents_from_different_sources_stand_beside_each_other() -> None:
    one = msgspec.structs.replace(GIVEN, sources=(NGO,))
    outcome = given(DECIDER, REGISTERED, one).when(giving(sources=[FAMILY]), command_id=LATER)
    assert [type(event) for event in outcome.events] == [ConsentGiven]


def test_an_acknowledgement_is_the_recipient_s_and_counts_once() -> None:
    citizen = given(DECIDER, REGISTERED, ANSWERED, WITHDRAWN)
    command = COMMANDS["acknowledge"]
    citizen.when(command, organisation=FAMILY).refused(ConsentUnknown)
    acknowledged = WithdrawalAcknowledged(
        citizen=CITIZEN, legalbasis=GIVEN.kind, consent=CONSENT, grantee=NGO, acknowledged=NOW + 2 * DAY
    )
    outcome = citizen.when(command, organisation=NGO, now=NOW + 2 * DAY).then(acknowledged)
    assert [basis.acknowledged for basis in outcome.state.bases] == [NOW + 2 * DAY]
    given(DECIDER, REGISTERED, ANSWERED, WITHDRAWN, acknowledged).when(command, organisation=NGO).then()
