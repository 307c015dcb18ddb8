"""A timeline entry as it is stored, and the class it is decided in."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

NOT_ENTRIES: Final = frozenset(
    {
        "consents.AccessRecorded",
        "consents.KeyCreated",
        "consents.KeyDestroyed",
        "consents.HouseholdLinked",
        "consents.HouseholdUnlinked",
        "consents.FindingRaised",
        "consents.FindingAssessed",
        "consents.FindingClosed",
        "referrals.CandidateDeclined",
        "referrals.ReferralReminded",
        "referrals.ReplyLinkSent",
        "referrals.ReplyLinkAsked",
        "referrals.ReplyLinkUsed",
        "referrals.ReplyCodeRefused",
        "referrals.ReplyLinksRevoked",
    }
)
"""Event names that concern a citizen but are shown elsewhere: under "who looked", in the household, to those who
control the access log, reminders with their referral, or as what they led to, as links do. What names another citizen
or a colleague is not for everybody who may read a timeline; who declined a referral of several is not told for whom it
was."""


class AccessClass(NamedTuple):
    organisation: UUID
    category: str
    sensitivity: str
    case: UUID | None

    @property
    def id(self) -> UUID:
        """The same class has the same id in every rebuild: BLAKE2b-128 of its parts."""
        parts = "\n".join((str(self.organisation), self.category, self.sensitivity, str(self.case or "")))
        return UUID(bytes=blake2b(parts.encode(), digest_size=16).digest())


class Attributes(msgspec.Struct, frozen=True):
    """The CloudEvents attributes that place an event on a timeline; the rest of the document is left alone."""

    type: str
    source: str
    time: datetime
    organisation: UUID
    citizen: UUID | None = None
    category: str = "administrative"
    sensitivity: str = "normal"
    case: UUID | None = None

    @property
    def is_entry(self) -> bool:
        return self.citizen is not None and self.type.rpartition(".")[0] not in NOT_ENTRIES

    @property
    def access_class(self) -> AccessClass:
        return AccessClass(self.organisation, self.category, self.sensitivity, self.case)


read_attributes: Final = msgspec.json.Decoder(Attributes).decode


class Row(NamedTuple):
    """A row of `entries`, in the order of its columns."""

    citizen: UUID
    time: datetime
    source: str
    position: int
    class_: UUID
    body: bytes


def rows_of(events: Iterator[tuple[int, bytes]]) -> tuple[list[Row], dict[tuple[UUID, UUID], AccessClass]]:
    """The entries that published events make, and the classes they are decided in by (citizen, class id).

    Raises msgspec.ValidationError for a document without the attributes above.
    """
    rows: list[Row] = []
    classes: dict[tuple[UUID, UUID], AccessClass] = {}
    ids: dict[AccessClass, UUID] = {}
    for position, body in events:
        attributes = read_attributes(body)
        if not attributes.is_entry or attributes.citizen is None:
            continue
        access_class = attributes.access_class
        class_id = ids.setdefault(access_class, access_class.id)
        classes[attributes.citizen, class_id] = access_class
        rows.append(Row(attributes.citizen, attributes.time, attributes.source, position, class_id, body))
    return rows, classes
