"""What partners records. None of it is about a citizen: names and numbers here belong to organisations and staff."""

from typing import Any, ClassVar, Final, Literal

import msgspec

from libs.eventlog import Event
from services.partners.agreements.events import AGREEMENT_EVENTS
from services.partners.portal.events import PORTAL_EVENTS
from services.partners.room import events as room
from services.vocabulary import (
    CollaborationDegree,
    Gender,
    Language,
    PartnerFrame,
    PartnerResource,
    PartnerRole,
    Situation,
    SpokenLanguage,
    Weekday,
)

Document = dict[str, Any]
"""An HSDS 3.0 entity as it came, without the entities that have events of their own."""


class OrganisationRegistered(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.OrganisationRegistered.v1"

    kind: str
    name: str
    description: str = ""
    email: str = ""
    website: str = ""
    parent: str = ""


class RoleDescribed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.RoleDescribed.v1"

    resources: str = ""
    can: str
    cannot: str
    frame: str
    resource_codes: tuple[PartnerResource, ...] = ()
    roles: tuple[PartnerRole, ...] = ()
    excluded_roles: tuple[PartnerRole, ...] = ()
    frame_codes: tuple[PartnerFrame, ...] = ()
    degree: CollaborationDegree | Literal[""] = ""
    """The closest collaboration that the organisation is ready for."""


class ServicePublished(Event, frozen=True, kw_only=True):
    """A new service, or a known one as it is from now on."""

    type: ClassVar[str] = "partners.ServicePublished.v1"

    service: str
    name: str
    description: str = ""
    status: str = "active"
    categories: tuple[str, ...] = ()
    minimum_age: int = 0
    """Years; 0: none."""
    maximum_age: int = 0
    eligibility_description: str = ""
    digest: str = ""
    """Of `document`; both are empty for a service that was not imported."""
    document: Document = msgspec.field(default_factory=dict)


class ServiceWithdrawn(Event, frozen=True, kw_only=True):
    """The directory that the service came from no longer has it."""

    type: ClassVar[str] = "partners.ServiceWithdrawn.v1"

    service: str


class OpeningHours(msgspec.Struct, frozen=True):
    """Each week, HH:MM. Past midnight where it closes before it opens."""

    day: Weekday
    opens: str
    closes: str


class ServiceDescribed(Event, frozen=True, kw_only=True):
    """All that the organisation itself says of it besides what it publishes, in place of what was said before."""

    type: ClassVar[str] = "partners.ServiceDescribed.v1"

    service: str
    areas: tuple[str, ...] = ()
    """Postal codes, their beginnings, or names."""
    languages: tuple[SpokenLanguage, ...] = ()
    hours: tuple[OpeningHours, ...] = ()
    accessibility: str = ""


class EligibilityStated(Event, frozen=True, kw_only=True):
    """Whom a service is for, in place of what was stated before; nothing stated: for everybody of its ages."""

    type: ClassVar[str] = "partners.EligibilityStated.v1"

    service: str
    genders: tuple[Gender, ...] = ()
    municipalities: tuple[str, ...] = ()
    languages: tuple[SpokenLanguage, ...] = ()
    situations: tuple[Situation, ...] = ()
    excluded_situations: tuple[Situation, ...] = ()


class OrganisationDescribed(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.OrganisationDescribed.v1"

    description: str = ""
    email: str = ""
    website: str = ""
    phone: str = ""


class MemberAdded(Event, frozen=True, kw_only=True):
    """A person belongs to the organisation from now on, or has another role or unit in it."""

    type: ClassVar[str] = "partners.MemberAdded.v1"

    person: str
    name: str
    role: str
    unit: str = ""


class MemberRemoved(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.MemberRemoved.v1"

    person: str


class OrganizationImported(Event, frozen=True, kw_only=True):
    """The organisation as a directory describes it; it need not have been registered before."""

    type: ClassVar[str] = "partners.OrganizationImported.v1"

    kind: str
    name: str
    description: str = ""
    email: str = ""
    website: str = ""
    parent: str = ""
    digest: str
    """SHA-256, in hex, of the whole HSDS document with everything nested in it."""
    document: Document


class LocationImported(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.LocationImported.v1"

    location: str
    name: str = ""
    digest: str
    document: Document


class LocationWithdrawn(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.LocationWithdrawn.v1"

    location: str


class LocationRedacted(Event, frozen=True, kw_only=True):
    """Where it is stays with the organisation from now on: a shelter."""

    type: ClassVar[str] = "partners.LocationRedacted.v1"

    location: str


class LocationShown(Event, frozen=True, kw_only=True):
    """A redacted location may be seen again."""

    type: ClassVar[str] = "partners.LocationShown.v1"

    location: str


class DirectoryEntryConfirmed(Event, frozen=True, kw_only=True):
    """Somebody has looked at it, and it is right as it stands. Who, and when, is the event's actor and time."""

    type: ClassVar[str] = "partners.DirectoryEntryConfirmed.v1"

    service: str = ""
    """Empty: what is said of the organisation itself."""


class TaxonomyImported(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.TaxonomyImported.v1"

    taxonomy: str
    name: str
    digest: str
    document: Document


class TaxonomyTermImported(Event, frozen=True, kw_only=True):
    type: ClassVar[str] = "partners.TaxonomyTermImported.v1"

    taxonomy: str
    term: str
    name: str
    digest: str
    document: Document


class ReplyChannelSet(Event, frozen=True, kw_only=True):
    """Where links to referrals are sent. The code that opens them is in no event: a log is kept for ever, and a code
    that people remember can be found from any digest that is."""

    type: ClassVar[str] = "partners.ReplyChannelSet.v1"

    email: str = ""
    phone: str = ""
    language: Language = "da"
    code_changed: bool = False


EVENTS: Final = (
    OrganisationRegistered,
    RoleDescribed,
    ServicePublished,
    ServiceWithdrawn,
    MemberAdded,
    MemberRemoved,
    OrganizationImported,
    LocationImported,
    LocationWithdrawn,
    *AGREEMENT_EVENTS,
    TaxonomyImported,
    TaxonomyTermImported,
    *room.EVENTS,
    ReplyChannelSet,
    *PORTAL_EVENTS,
    ServiceDescribed,
    EligibilityStated,
    OrganisationDescribed,
    LocationRedacted,
    LocationShown,
    DirectoryEntryConfirmed,
)
