"""Commands about organisations: authorize, load, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, derived_id, new_id
from services.partners.directory_entry import take, take_entity
from services.partners.errors import ParentUnknown
from services.partners.organisation import ORGANISATION
from services.partners.reply import set_reply_channel
from services.partners.room import handlers as room
from services.partners.taxonomy import TAXONOMY

if TYPE_CHECKING:
    from services.partners.service import Partners


def register_organisation(
    service: "Partners", request: partners.RegisterOrganisation, caller: Context
) -> common.Recorded:
    service.authorizer.require(caller, "RegisterOrganisation", about(""))
    if request.parent and not service.log.load(ORGANISATION, request.parent).state.kind:
        raise ParentUnknown(parent=request.parent)
    return execute(service, request.organisation or new_id(), request, caller)


def import_organization(service: "Partners", request: partners.ImportOrganization, caller: Context) -> common.Recorded:
    """The id that the organization bears in HSDS is its id here: its next document changes the same organisation."""
    service.authorizer.require(caller, "ImportOrganization", about(""))
    return execute(service, take(request.organization).organization.id, request, caller)


def import_taxonomy(service: "Partners", request: partners.ImportTaxonomy, caller: Context) -> common.Recorded:
    """A stream of its own: a directory may give a taxonomy the id of an organisation."""
    service.authorizer.require(caller, "ImportTaxonomy", about(""))
    stream = derived_id(take_entity("taxonomy", request.taxonomy).id, "taxonomy")
    result = service.log.execute(TAXONOMY, stream, request, caller)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


def change_organisation(service: "Partners", request: Any, caller: Context) -> common.Recorded:
    """Any command to an organisation that names it and says nothing of roles."""
    service.authorizer.require(caller, type(request).__name__, about(request.organisation))
    return execute(service, request.organisation, request, caller)


def add_member(service: "Partners", request: partners.AddMember, caller: Context) -> common.Recorded:
    service.authorizer.require(caller, "AddMember", about(request.organisation, request.role))
    return execute(service, request.organisation, request, caller)


def about(organisation: str, role: str = "") -> dict[str, str]:
    """The resource that policies see."""
    return {"organisation": organisation, "role": role}


def execute(service: "Partners", organisation: str, request: Message, caller: Context) -> common.Recorded:
    result = service.log.execute(ORGANISATION, organisation, request, caller)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


HANDLERS: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.RegisterOrganisation: register_organisation,
    partners.DescribeRole: change_organisation,
    partners.PublishService: change_organisation,
    partners.DescribeService: change_organisation,
    partners.StateEligibility: change_organisation,
    partners.DescribeOrganisation: change_organisation,
    partners.AddMember: add_member,
    partners.RemoveMember: change_organisation,
    partners.RedactLocation: change_organisation,
    partners.ShowLocation: change_organisation,
    partners.ConfirmEntry: change_organisation,
    partners.ImportOrganization: import_organization,
    partners.ImportTaxonomy: import_taxonomy,
    **room.HANDLERS,
    partners.SetReplyChannel: set_reply_channel,
}
