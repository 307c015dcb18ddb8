"""Consents as they may be, for tests of what is made of them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args
from uuid import UUID

from hypothesis import strategies

from services.consents.exports.record import Change, ConsentRecord, State, Terms
from services.vocabulary import Category, ConsentKind, GivenHow, Purpose

UUIDS: Final = strategies.uuids(version=4).map(str)
"""Random ones, so that no two that a test draws are the same."""
MOMENTS: Final = strategies.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 -- the strategy adds the zone
    datetime(2099, 1, 1),  # noqa: DTZ001
    timezones=strategies.just(UTC),
)
TEXTS: Final = strategies.text(strategies.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(
    lambda text: bool(text.strip())
)


def words(vocabulary: Any) -> Any:
    """Some of a closed list, in any order."""
    return strategies.lists(strategies.sampled_from(get_args(vocabulary)), min_size=1, unique=True).map(tuple)


def perhaps(values: Any) -> Any:
    return strategies.just("") | values


CHANGES: Final = strategies.builds(
    Change,
    state=strategies.sampled_from(get_args(State)),
    time=MOMENTS,
    how=strategies.none() | strategies.sampled_from(get_args(GivenHow)),
    by=perhaps(UUIDS),
)
TERMS: Final = strategies.builds(
    Terms,
    kind=strategies.sampled_from(get_args(ConsentKind)),
    grantee=UUIDS,
    purposes=words(Purpose),
    categories=words(Category),
    sources=strategies.lists(UUIDS, max_size=4, unique=True).map(tuple),
    since=MOMENTS,
    until=MOMENTS,
    scope=perhaps(UUIDS),
    given_how=strategies.none() | strategies.sampled_from(get_args(GivenHow)),
    notice_version=TEXTS,
    evidence_digest=perhaps(TEXTS),
    replaces=perhaps(UUIDS),
    request=perhaps(UUIDS),
    renews=perhaps(UUIDS),
    representation=perhaps(UUIDS),
)
RECORDS: Final = strategies.builds(
    ConsentRecord,
    id=UUIDS,
    citizen=UUIDS,
    status=strategies.sampled_from(get_args(State)),
    recorded_by=UUIDS,
    terms=TERMS,
    changes=strategies.lists(CHANGES, max_size=4).map(tuple),
)

SINCE: Final = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def sample(**changes: Any) -> ConsentRecord:
    """One of which every part is there, but for what is changed in its terms."""
    terms: dict[str, Any] = {
        "kind": "gdpr_consent",
        "grantee": str(UUID(int=3)),
        "purposes": ("mentoring",),
        "categories": ("family", "health"),
        "sources": (str(UUID(int=4)),),
        "since": SINCE,
        "until": SINCE + timedelta(days=365),
        "scope": str(UUID(int=5)),
        "given_how": "oral_with_witness",
        "notice_version": "2026-1, dansk",
        "evidence_digest": "ab" * 32,
    }
    return ConsentRecord(
        id=str(UUID(int=1)),
        citizen=str(UUID(int=2)),
        status="given",
        recorded_by=str(UUID(int=6)),
        terms=Terms(**terms | changes),
        changes=(Change(state="given", time=SINCE, how="oral_with_witness"),),
    )
