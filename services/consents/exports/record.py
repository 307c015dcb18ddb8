"""A consent with its history: what the formats carry."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any, Final, Literal

import msgspec

from libs.eventlog import Recorded
from libs.fhir.elements import Moment
from services.vocabulary import Category, ConsentKind, GivenHow, Purpose, word

State = Literal["requested", "awaited", "given", "refused", "withdrawn", "expired", "renewed", "invalidated"]
"""Of a consent (ISO/IEC TS 27560 consent states); `awaited`: given, and begins later."""
CHANGES: Final[dict[str, State]] = {
    "ConsentRequested": "requested",
    "ConsentGiven": "given",
    "ConsentRefused": "refused",
    "ConsentWithdrawn": "withdrawn",
    "ConsentInvalidated": "invalidated",
}
"""Name of an event -> the state it brings about."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A consent event in the sense of ISO/IEC TS 27560: a state, from when on, and how it was indicated."""

    state: State
    time: Moment
    how: GivenHow | None = None
    by: str = ""
    """The representation by which it was indicated; empty: by the citizen."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What was consented to, or asked for, and how: the fields of ConsentGiven. They never change."""

    kind: ConsentKind
    grantee: str
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    sources: tuple[str, ...] = ()
    since: Moment
    until: Moment
    scope: str = ""
    given_how: GivenHow | None = None
    """None: it was asked for, and not given."""
    notice_version: str
    evidence_digest: str = ""
    replaces: str = ""
    request: str = ""
    renews: str = ""
    representation: str = ""


class ConsentRecord(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    citizen: str
    """The pseudonymous id; no number and no name is ever in a record."""
    status: State
    recorded_by: str
    """The organisation that recorded that it was given, or that asked for it."""
    terms: Terms
    changes: tuple[Change, ...]


def record_of(citizen: str, consent: str, status: str, history: Sequence[Recorded]) -> ConsentRecord:
    """The record of a consent or a request with this id and this status now, from the citizen's whole history.

    Raises LookupError when the history does not know it.
    """
    told = [(each, msgspec.structs.asdict(each.event)) for each in history]
    begun = [each for each in told if begins(*each, consent)]
    if not begun:
        raise LookupError(consent)
    begin, fields = begun[0]
    terms = msgspec.convert(fields, Terms)
    changes = [change for each in told for change in changes_of(*each, consent, terms.request)]
    if status == "expired":
        changes.append(Change(state="expired", time=terms.until))
    return ConsentRecord(
        id=consent,
        citizen=citizen,
        status=word(status),
        recorded_by=begin.organisation,
        terms=terms,
        changes=tuple(changes),
    )


def name_of(record: Recorded) -> str:
    return record.type.split(".")[1]


def begins(record: Recorded, fields: dict[str, Any], consent: str) -> bool:
    return (name_of(record) == "ConsentGiven" and fields["consent"] == consent) or (
        name_of(record) == "ConsentRequested" and fields["request"] == consent
    )


def changes_of(record: Recorded, fields: dict[str, Any], consent: str, request: str) -> Iterator[Change]:
    """What the event did to the consent, or to the request that it answers."""
    if fields.get("renews") == consent:
        yield Change(state="renewed", time=fields["since"])
    state = CHANGES.get(name_of(record))
    if state is None or (fields.get("consent") or fields["request"]) not in (consent, request):
        return
    # A withdrawal says when it took effect; the others take effect when they happen.
    yield Change(
        state=state,
        time=fields.get(state, record.time).astimezone(UTC),
        how=fields.get("given_how"),
        by=fields.get("representation", ""),
    )
