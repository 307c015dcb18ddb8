"""What consents does when something happened elsewhere. Runs in the worker; reads only what was published."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import psycopg

from libs.bus.received import Envelope, Received
from libs.eventlog import Context, derived_id
from services.consents.citizen import CITIZEN
from services.consents.errors import CitizenUnknown, LawNotCovering
from services.consents.kinds import kinds_of
from services.consents.law import must_be_for
from services.consents.rights_events import RightDecided
from services.consents.statutory import Participation, ParticipationEnded

if TYPE_CHECKING:
    from services.consents.service import Consents


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """What matters here of cases.CaseOpened and cases.ParticipantJoined."""

    participant: str
    legal_basis: str
    since: datetime
    until: datetime | None = None
    named_people: tuple[str, ...] = ()


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """What matters here of cases.ParticipantLeft."""

    participant: str


class Effect(NamedTuple):
    """A command to a citizen, and the event it follows from."""

    cause: Envelope
    policy: str
    content: Participation | ParticipationEnded


def when_cases_published(service: "Consents", connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    """Citizens side by side, so that the log records a batch in a few groups; the events of each in their order."""
    effects = [effect for event in events if (effect := effect_of(event.envelope))]
    kinds = kinds_of(connection, {effect.content.organisation for effect in effects}) if effects else {}
    by_citizen: dict[str, list[Effect]] = {}
    for effect in effects:
        if is_for(effect.content, kinds):
            by_citizen.setdefault(effect.cause.citizen, []).append(effect)
    waiting = [service.together.submit(carry_out, service, each) for each in by_citizen.values()]
    failures = [failure for each in waiting if (failure := each.exception())]
    if failures:
        raise failures[0]


def effect_of(event: Envelope) -> Effect | None:
    policy = POLICIES.get(event.type.split(".")[1])
    return Effect(event, policy.__name__, policy(event)) if policy else None


def when_participant_joined_establish_basis(event: Envelope) -> Participation:
    joined = msgspec.json.decode(event.data, type=Joined)
    return Participation(
        id=derived_id(event.id, "basis"),
        case=event.case,
        organisation=joined.participant,
        law=joined.legal_basis,
        since=joined.since,
        until=joined.until,
        named_people=joined.named_people,
        sensitivity=event.sensitivity,
    )


def when_participant_left_end_basis(event: Envelope) -> ParticipationEnded:
    left = msgspec.json.decode(event.data, type=Left)
    return ParticipationEnded(case=event.case, organisation=left.participant)


def is_for(content: Participation | ParticipationEnded, kinds: Mapping[str, str]) -> bool:
    """A law reference that this kind of organisation cannot rest on gives no basis."""
    if isinstance(content, ParticipationEnded):
        return True
    try:
        must_be_for(content.law, kinds.get(content.organisation, ""), content.since)
    except LawNotCovering:
        return False
    return True


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """What matters here of consents.RightDecided."""

    keys: tuple[str, ...] = ()


def when_erasure_granted_destroy_keys(service: "Consents", events: Sequence[Received]) -> None:
    """The rpc process that decides does it at once; this is for one that died between. The keys are those the decision
    names: a later one of the pair is not touched, however often it is repeated."""
    for event in events:
        if event.envelope.type == RightDecided.type:
            keys = msgspec.json.decode(event.envelope.data, type=Granted).keys
            service.destruction.carry_out(keys)


def carry_out(service: "Consents", effects: Sequence[Effect]) -> None:
    """The same event gives the same command id: its effect is recorded once (docs/adr/0007)."""
    for cause, policy, content in effects:
        now = datetime.now(UTC)
        context = Context(
            command_id=derived_id(cause.id, policy),
            actor=f"policy:{policy}",
            organisation=cause.organisation,
            role="service",
            now=now,
            occurred=datetime.fromisoformat(cause.time),
            correlationid=cause.correlationid,
            traceparent=cause.traceparent,
        )
        try:
            service.log.execute(CITIZEN, cause.citizen, content, context)
        except CitizenUnknown:
            continue


POLICIES: Final[Mapping[str, Callable[[Envelope], Participation | ParticipationEnded]]] = {
    "CaseOpened": when_participant_joined_establish_basis,
    "ParticipantJoined": when_participant_joined_establish_basis,
    "ParticipantLeft": when_participant_left_end_basis,
}
