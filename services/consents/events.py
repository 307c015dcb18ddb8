"""What consents records. A citizen's legal facts are one stream; each access record and each key is its own."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from libs.eventlog import Event, Personal
from services.consents.control.events import CONTROL_EVENTS
from services.consents.rights_events import RestrictionLifted, RightDecided, RightInvoked
from services.vocabulary import (
    Category,
    ConsentKind,
    GivenHow,
    HouseholdRelation,
    InvalidationGround,
    Purpose,
    Representing,
    ReviewFinding,
)


class CitizenRegistered(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.CitizenRegistered.v1"
    registered_by: str
    """The organisation that has to do with the citizen from then on."""
    system: str
    """Who gave the identifier, as in FHIR; the number itself is personal."""
    identifier: Personal
    name: Personal = ""
    address: Personal = ""
    phone: Personal = ""


class KeyCreated(Event, frozen=True, kw_only=True):
    """A key pair for texts about the citizen whose controller is `controller`. The stream is the key's id."""

    type: ClassVar[str] = "consents.KeyCreated.v1"
    controller: str
    public: bytes


class KeyDestroyed(Event, frozen=True, kw_only=True):
    """The private key is gone: what was sealed with it, nobody reads again. In the key's own stream."""

    type: ClassVar[str] = "consents.KeyDestroyed.v1"
    controller: str


class BasisEstablished(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.BasisEstablished.v1"
    basis: str
    holder: str
    """The organisation that may know."""
    law: str
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    since: datetime
    until: datetime | None = None
    scope: str = ""
    """UUID of the only case it covers; empty: any."""
    named_people: tuple[str, ...] = ()
    """Members of the holder who may see protected entries of the case."""
    stated_by: str = ""
    """The organisation that says so; it and the holder may take it back."""


class BasisEnded(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.BasisEnded.v1"
    basis: str
    ended: datetime


class ConsentGiven(Event, frozen=True, kw_only=True):
    """Its terms never change; a change is a new consent."""

    type: ClassVar[str] = "consents.ConsentGiven.v1"
    consent: str
    kind: ConsentKind
    grantee: str
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    sources: tuple[str, ...] = ()
    """Organisations whose entries it covers; empty: any."""
    since: datetime
    until: datetime
    scope: str = ""
    given_how: GivenHow
    notice_version: str
    evidence_digest: str = ""
    replaces: str = ""
    """The consent this one goes on from, where only some of its categories were withdrawn."""
    request: str = ""
    """The request that it answers."""
    renews: str = ""
    """The consent that ends where this one begins."""
    representation: str = ""
    """By which authority it was given for the citizen; empty: by the citizen."""


class ConsentWithdrawn(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.ConsentWithdrawn.v1"
    consent: str
    grantee: str
    categories: tuple[Category, ...]
    """Those that nobody may rely on any more."""
    successor: str = ""
    """The consent that goes on with the other categories."""
    withdrawn: datetime


class ConsentRequested(Event, frozen=True, kw_only=True):
    """A question; nothing may be read on it."""

    type: ClassVar[str] = "consents.ConsentRequested.v1"
    request: str
    kind: ConsentKind
    grantee: str
    purposes: tuple[Purpose, ...]
    categories: tuple[Category, ...]
    sources: tuple[str, ...] = ()
    since: datetime
    until: datetime
    scope: str = ""
    notice_version: str


class ConsentRefused(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.ConsentRefused.v1"
    request: str
    grantee: str


class ConsentInvalidated(Event, frozen=True, kw_only=True):
    """It turned out never to have been a consent."""

    type: ClassVar[str] = "consents.ConsentInvalidated.v1"
    consent: str
    grantee: str
    categories: tuple[Category, ...]
    ground: InvalidationGround
    invalidated: datetime


class WithdrawalAcknowledged(Event, frozen=True, kw_only=True):
    """Whom it was given to has understood that it may not rely on it any more."""

    type: ClassVar[str] = "consents.WithdrawalAcknowledged.v1"
    consent: str
    grantee: str
    acknowledged: datetime


class RepresentativeAppointed(Event, frozen=True, kw_only=True):
    """Somebody may act for the citizen."""

    type: ClassVar[str] = "consents.RepresentativeAppointed.v1"
    representation: str
    representative: str
    """Their own id as a citizen."""
    relation: Representing
    since: datetime
    until: datetime
    evidence_digest: str
    """SHA-256 of the document that shows the authority, in hex."""


class RepresentationEnded(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.RepresentationEnded.v1"
    representation: str
    ended: datetime


class BlockSet(Event, frozen=True, kw_only=True):
    """The citizen hides something. What the law lets somebody know is known all the same."""

    type: ClassVar[str] = "consents.BlockSet.v1"
    block: str
    organisation: str = ""
    """Empty: from every organisation."""
    categories: tuple[Category, ...] = ()
    """Empty: of every category."""
    since: datetime


class BlockLifted(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.BlockLifted.v1"
    block: str
    lifted: datetime


class GlassBroken(Event, frozen=True, kw_only=True):
    """A reader with an emergency reads without another basis. A review is due from then on."""

    type: ClassVar[str] = "consents.GlassBroken.v1"
    emergency: str
    reader: str
    holder: str
    """The reader's organisation."""
    controller: str
    """The organisation that registered the citizen: it reviews."""
    purpose: Purpose
    categories: tuple[Category, ...]
    since: datetime
    until: datetime
    review_by: datetime
    reason: Personal


class BreakGlassReviewed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.BreakGlassReviewed.v1"
    emergency: str
    finding: ReviewFinding
    note: Personal = ""


class AccessRecorded(Event, frozen=True, kw_only=True):
    """Somebody was about to be shown something. Who and when stand in the envelope."""

    type: ClassVar[str] = "consents.AccessRecorded.v1"
    purpose: Purpose
    via: str = ""
    """The service that asked on the reader's behalf."""
    seen: dict[str, int]
    """Category -> entries shown."""
    withheld: dict[str, int]
    """Category -> entries of which only the existence was shown."""
    entries: tuple[str, ...] = ()
    """`stream/version` of each entry shown."""
    protected: dict[str, int] = msgspec.field(default_factory=dict)
    """Of `seen`, those that only named people know of."""
    protected_entries: tuple[str, ...] = ()
    """Of `entries`, the same."""
    bases: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    policy_set: str
    """SHA-256 of the policies in force, in hex."""


class HouseholdLinked(Event, frozen=True, kw_only=True):
    """Said in the streams of both, with the same link. No entry of a timeline: it names another citizen."""

    type: ClassVar[str] = "consents.HouseholdLinked.v1"
    link: str
    other: str
    relation: HouseholdRelation
    """What the other is to the citizen."""
    since: datetime
    """When it was first said, in whose stream ever."""


class HouseholdUnlinked(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "consents.HouseholdUnlinked.v1"
    link: str
    other: str
    ended: datetime


class StaffIdentityRegistered(Event, frozen=True, kw_only=True):
    """An organisation said who a member of it is as a citizen. The digests themselves are in no log."""

    type: ClassVar[str] = "consents.StaffIdentityRegistered.v1"
    person: str


EVENTS: Final = (
    CitizenRegistered,
    KeyCreated,
    KeyDestroyed,
    BasisEstablished,
    BasisEnded,
    ConsentGiven,
    ConsentWithdrawn,
    ConsentRequested,
    ConsentRefused,
    ConsentInvalidated,
    WithdrawalAcknowledged,
    RepresentativeAppointed,
    RepresentationEnded,
    BlockSet,
    BlockLifted,
    GlassBroken,
    BreakGlassReviewed,
    RightInvoked,
    RightDecided,
    RestrictionLifted,
    AccessRecorded,
    HouseholdLinked,
    HouseholdUnlinked,
    StaffIdentityRegistered,
    *CONTROL_EVENTS,
)
