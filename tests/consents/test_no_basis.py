"""Nothing is shown without a basis, whatever the facts, the viewer and the entry."""

from datetime import datetime
from typing import Any, Final

import msgspec
from hypothesis import given as all_of
from hypothesis import strategies

from libs.eventlog import Context, Event
from libs.spec.scenario import NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.decisions import AccessClass, Decision
from services.consents.events import BasisEnded, BasisEstablished, ConsentGiven, ConsentWithdrawn
from services.consents.state import Citizen
from services.vocabulary import VOCABULARIES
from tests.consents.people import CASE, CITIZEN, CLINIC, DAY, FAMILY, GIVEN, NGO, REGISTERED, STRANGERS
from tests.consents.viewers import OTHER_CASE, WITHDRAWN, decide, viewer

ORGANISATIONS: Final = strategies.sampled_from([FAMILY, NGO, CLINIC, STRANGERS])
MOMENTS: Final = strategies.integers(-3, 3).map(lambda days: NOW + days * DAY)
CASES: Final = strategies.sampled_from(["", CASE, OTHER_CASE])
ROLES: Final = strategies.sampled_from([*VOCABULARIES["role"], "service"])


def some(name: str) -> strategies.SearchStrategy[tuple[Any, ...]]:
    return strategies.lists(strategies.sampled_from(VOCABULARIES[name]), max_size=4).map(tuple)


@strategies.composite
def facts(draw: Any) -> tuple[Event, ...]:
    """A citizen with a few bases and consents, some of them over."""
    events: list[Event] = [REGISTERED]
    for number in range(draw(strategies.integers(0, 4))):
        shared = {
            "purposes": draw(some("purpose")),
            "categories": draw(some("category")),
            "since": draw(MOMENTS),
            "scope": draw(CASES),
        }
        if draw(strategies.booleans()):
            until, basis = draw(strategies.none() | MOMENTS), f"basis {number}"
            named = draw(strategies.sampled_from([(), ("somebody",)]))
            common: dict[str, Any] = {"citizen": CITIZEN, "basis": basis, "law": "some law"}
            events.append(
                BasisEstablished(**common, holder=draw(ORGANISATIONS), until=until, named_people=named, **shared)
            )
            if draw(strategies.booleans()):
                events.append(BasisEnded(citizen=CITIZEN, basis=basis, ended=NOW))
        else:
            consent = msgspec.structs.replace(
                GIVEN,
                consent=f"consent {number}",
                grantee=draw(ORGANISATIONS),
                until=draw(MOMENTS),
                sources=draw(strategies.lists(ORGANISATIONS, max_size=2).map(tuple)),
                **shared,
            )
            events.append(consent)
            if draw(strategies.booleans()):
                events.append(msgspec.structs.replace(WITHDRAWN, consent=consent.consent))
    return tuple(events)


CLASSES: Final = strategies.builds(
    AccessClass,
    ORGANISATIONS,
    strategies.sampled_from(VOCABULARIES["category"]),
    strategies.sampled_from(VOCABULARIES["sensitivity"]),
    CASES,
)


def over(events: tuple[Event, ...]) -> set[str]:
    ended = {event.basis for event in events if isinstance(event, BasisEnded)}
    return ended | {event.consent for event in events if isinstance(event, ConsentWithdrawn)}


def rests(
    decision: Decision, of: AccessClass, who: Context, purpose: str, events: tuple[Event, ...], at: datetime
) -> bool:
    """Whether the events bear a yes out, worked out here without the state that was folded from them."""
    if decision.reason == "OWN_RECORD":
        return who.organisation == of.organisation
    if decision.reason == "ABOUT_ONESELF":
        return who.role == "citizen" and who.actor == CITIZEN
    for event in events:
        if isinstance(event, BasisEstablished) and event.basis == decision.basis:
            holder, sources = event.holder, tuple[str, ...]()
        elif isinstance(event, ConsentGiven) and event.consent == decision.basis:
            holder, sources = event.grantee, event.sources
        else:
            continue
        return (
            holder == who.organisation
            and decision.basis not in over(events)
            and purpose in event.purposes
            and of.category in event.categories
            and event.since <= at
            and (event.until is None or at < event.until)
            and event.scope in ("", of.case)
            and (not sources or of.organisation in sources)
        )
    return False


@all_of(
    facts(),
    CLASSES,
    ORGANISATIONS,
    ROLES,
    strategies.sampled_from(["somebody", CITIZEN]),
    strategies.sampled_from(VOCABULARIES["purpose"]),
    MOMENTS,
)
def test_nothing_is_full_without_a_basis(
    events: tuple[Event, ...], of: AccessClass, organisation: str, role: str, person: str, purpose: str, at: datetime
) -> None:
    who = viewer(organisation, role, person)
    decision = decide(of, who, purpose, events, at)
    if decision.outcome == "full":
        assert rests(decision, of, who, purpose, events, at)
        assert role in ("caseworker", "coordinator", "ngo_worker", "auditor", "citizen")
        assert (purpose == "audit") == (role == "auditor")
    if decision.outcome != "none" and of.sensitivity == "protected":
        assert any(
            isinstance(event, BasisEstablished)
            and event.holder == organisation
            and person in event.named_people
            and event.scope == of.case != ""
            and event.basis not in over(events)
            for event in events
        )
    if decision.outcome == "stub" and role != "citizen":
        citizen: Citizen = given(DECIDER, *events).state
        assert citizen.relations(organisation, at)
