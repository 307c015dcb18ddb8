"""One organisation: what it is, what it offers, who belongs to it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec
from google.protobuf.message import Message
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event, derived_id
from services.partners import described as says
from services.partners import reply
from services.partners.confirmed import decide_confirmation
from services.partners.directory_entry import Part, Taken, digest_of, take
from services.partners.errors import (
    AgesCrossed,
    MemberUnknown,
    OrganisationExists,
    OrganisationUnknown,
)
from services.partners.events import (
    DirectoryEntryConfirmed,
    EligibilityStated,
    LocationImported,
    LocationRedacted,
    LocationShown,
    LocationWithdrawn,
    MemberAdded,
    MemberRemoved,
    OrganisationDescribed,
    OrganisationRegistered,
    OrganizationImported,
    ReplyChannelSet,
    RoleDescribed,
    ServiceDescribed,
    ServicePublished,
    ServiceWithdrawn,
)
from services.partners.redaction import decide_redaction
from services.partners.role_profile import described
from services.partners.room.errors import ServiceUnknown


class Member(msgspec.Struct, frozen=True):
    name: str
    role: str
    unit: str = ""


class Offer(msgspec.Struct, frozen=True):
    """What is remembered of a published service."""

    published: str
    """Digest of what was published last: the same again is no event."""
    imported: str = ""
    """Digest of the imported document; empty for a service that the organisation published itself."""
    categories: tuple[str, ...] = ()
    described: str = ""
    """Digest of what was said of it last, as of its eligibility."""
    eligibility: str = ""


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    kind: str = ""
    """Empty: nobody has registered it."""
    name: str = ""
    role: str = ""
    """Digest of the role profile described last."""
    about: str = ""
    """Digest of what the organisation said last of itself; empty: a directory says it."""
    members: dict[str, Member] = {}
    services: dict[str, Offer] = {}
    locations: dict[str, str] = {}
    """Location -> digest of its document."""
    redacted: dict[str, bool] = {}
    """Locations whose place is secret, also those that are in the directory no more."""
    imported: str = ""
    """Digest of the document imported last."""
    channel: reply.Channel = reply.Channel()


def decide(organisation: Organisation, command: Message, context: Context) -> Sequence[Event]:
    match command:
        case partners.RegisterOrganisation():
            if organisation.kind:
                raise OrganisationExists(organisation=command.organisation)
            return [says.registered(command)]
        case partners.ImportOrganization():
            return import_organization(organisation, take(command.organization), command.kind)
    if not organisation.kind:
        raise OrganisationUnknown(organisation=command.organisation)  # type: ignore[attr-defined]
    match command:
        case partners.DescribeRole():
            role = described(command)
            return [role] if digest_of(role) != organisation.role else []
        case partners.PublishService():
            return publish_service(organisation, command, context)
        case partners.DescribeService():
            return _unless_said(organisation, says.described_service(command), "described")
        case partners.StateEligibility():
            return _unless_said(organisation, says.stated(command), "eligibility")
        case partners.DescribeOrganisation():
            about = says.described_organisation(command)
            return [about] if digest_of(about) != organisation.about else []
        case partners.AddMember():
            member = Member(command.name, command.role, command.unit)
            if organisation.members.get(command.person) == member:
                return []
            return [MemberAdded(person=command.person, name=member.name, role=member.role, unit=member.unit)]
        case partners.RedactLocation() | partners.ShowLocation():
            return decide_redaction(organisation.locations, organisation.redacted, command)
        case partners.ConfirmEntry():
            return decide_confirmation(organisation.services, command)
        case partners.SetReplyChannel():
            return reply.decide_channel(organisation.channel, command)
        case partners.RemoveMember():
            if command.person not in organisation.members:
                raise MemberUnknown(organisation=command.organisation)
            return [MemberRemoved(person=command.person)]
    raise TypeError(f"organisation does not know the command {type(command).__name__}")


def publish_service(organisation: Organisation, command: partners.PublishService, context: Context) -> Sequence[Event]:
    if command.maximum_age and command.minimum_age > command.maximum_age:
        raise AgesCrossed(minimum=command.minimum_age, maximum=command.maximum_age)
    event = ServicePublished(
        service=command.service or derived_id(context.command_id, "service"),
        name=command.name,
        description=command.description,
        status=command.status or "active",
        categories=tuple(dict.fromkeys(command.categories)),
        minimum_age=command.minimum_age,
        maximum_age=command.maximum_age,
        eligibility_description=command.eligibility_description,
    )
    return _unless_published(organisation, event)


def import_organization(organisation: Organisation, taken: Taken, kind: str) -> Sequence[Event]:
    """The events that bring the organisation in line with a directory's document; none if it says what it said before.

    Services and locations that came from the directory and are no longer in it are withdrawn; those that the
    organisation published itself stay.
    """
    whole = taken.organization
    if organisation.imported == whole.digest and (kind or organisation.kind) == organisation.kind:
        return []
    services = {part.id for part in taken.services}
    locations = {part.id for part in taken.locations}
    return [
        OrganizationImported(
            kind=kind or organisation.kind or "other",
            name=whole.text("name"),
            description=whole.text("description"),
            email=whole.text("email"),
            website=whole.text("website"),
            parent=whole.text("parent_organization_id"),
            digest=whole.digest,
            document=whole.document,
        ),
        *(
            LocationImported(location=part.id, name=part.text("name"), digest=part.digest, document=part.document)
            for part in taken.locations
            if organisation.locations.get(part.id) != part.digest
        ),
        *(LocationWithdrawn(location=known) for known in organisation.locations if known not in locations),
        *(
            event
            for part in taken.services
            for event in _unless_published(organisation, _imported_service(organisation, part))
        ),
        *(
            ServiceWithdrawn(service=known)
            for known, offer in organisation.services.items()
            if offer.imported and known not in services
        ),
    ]


def _imported_service(organisation: Organisation, part: Part) -> ServicePublished:
    """HSDS has no categories of ours: those that the organisation chose for the service stay."""
    known = organisation.services.get(part.id)
    youngest, oldest = part.number("minimum_age"), part.number("maximum_age")
    crossed = bool(oldest) and youngest > oldest
    return ServicePublished(
        service=part.id,
        name=part.text("name"),
        description=part.text("description"),
        status=part.text("status"),
        categories=known.categories if known else (),
        minimum_age=0 if crossed else youngest,
        maximum_age=0 if crossed else oldest,
        eligibility_description=part.text("eligibility_description"),
        digest=part.digest,
        document=part.document,
    )


def _unless_published(organisation: Organisation, event: ServicePublished) -> list[ServicePublished]:
    known = organisation.services.get(event.service)
    return [] if known and known.published == digest_of(event) else [event]


def _unless_said(organisation: Organisation, event: ServiceDescribed | EligibilityStated, what: str) -> Sequence[Event]:
    if event.service not in organisation.services:
        raise ServiceUnknown(service=event.service)
    return [event] if getattr(organisation.services[event.service], what) != digest_of(event) else []


def _on_registered(organisation: Organisation, event: OrganisationRegistered) -> Organisation:
    return msgspec.structs.replace(organisation, kind=event.kind, name=event.name)


def _on_imported(organisation: Organisation, event: OrganizationImported) -> Organisation:
    return msgspec.structs.replace(organisation, kind=event.kind, name=event.name, about="", imported=event.digest)


def _on_role(organisation: Organisation, event: RoleDescribed) -> Organisation:
    return msgspec.structs.replace(organisation, role=digest_of(event))


def _on_service(organisation: Organisation, event: ServicePublished) -> Organisation:
    """What was said of it besides stays, until a directory says otherwise (entities.py)."""
    known = organisation.services.get(event.service, Offer(""))
    offer = msgspec.structs.replace(
        known,
        published=digest_of(event),
        imported=event.digest,
        categories=event.categories,
        described="" if event.digest else known.described,
    )
    return msgspec.structs.replace(organisation, services=organisation.services | {event.service: offer})


def _on_said(what: str, organisation: Organisation, event: ServiceDescribed | EligibilityStated) -> Organisation:
    offer = msgspec.structs.replace(organisation.services[event.service], **{what: digest_of(event)})
    return msgspec.structs.replace(organisation, services=organisation.services | {event.service: offer})


def _on_about(organisation: Organisation, event: OrganisationDescribed) -> Organisation:
    return msgspec.structs.replace(organisation, about=digest_of(event))


def _on_member(organisation: Organisation, event: MemberAdded) -> Organisation:
    member = Member(event.name, event.role, event.unit)
    return msgspec.structs.replace(organisation, members=organisation.members | {event.person: member})


def _on_location(organisation: Organisation, event: LocationImported) -> Organisation:
    return msgspec.structs.replace(organisation, locations=organisation.locations | {event.location: event.digest})


def _on_redacted(organisation: Organisation, event: LocationRedacted) -> Organisation:
    return msgspec.structs.replace(organisation, redacted=organisation.redacted | {event.location: True})


def _on_channel(organisation: Organisation, event: ReplyChannelSet) -> Organisation:
    return msgspec.structs.replace(organisation, channel=reply.Channel(event.email, event.phone, event.language))


def _removed(field: str, key: str, organisation: Organisation, event: Event) -> Organisation:
    kept = dict(getattr(organisation, field))
    kept.pop(getattr(event, key), None)
    return msgspec.structs.replace(organisation, **{field: kept})


EVOLVE: Final[Mapping[type[Event], Callable[[Organisation, Any], Organisation]]] = {
    OrganisationRegistered: _on_registered,
    OrganizationImported: _on_imported,
    RoleDescribed: _on_role,
    ServicePublished: _on_service,
    ServiceDescribed: partial(_on_said, "described"),
    EligibilityStated: partial(_on_said, "eligibility"),
    OrganisationDescribed: _on_about,
    ServiceWithdrawn: partial(_removed, "services", "service"),
    MemberAdded: _on_member,
    MemberRemoved: partial(_removed, "members", "person"),
    LocationImported: _on_location,
    LocationWithdrawn: partial(_removed, "locations", "location"),
    LocationRedacted: _on_redacted,
    LocationShown: partial(_removed, "redacted", "location"),
    ReplyChannelSet: _on_channel,
    DirectoryEntryConfirmed: lambda organisation, _: organisation,
}


def evolve(organisation: Organisation, event: Event) -> Organisation:
    return EVOLVE[type(event)](organisation, event)


ORGANISATION: Final = Decider(state=Organisation, decide=decide, evolve=evolve)
