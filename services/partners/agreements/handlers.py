"""Commands about agreements: authorize, load, decide, append."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, derived_id
from libs.host.repeats import unless_repeated
from services.partners.agreements.agreement import AGREEMENT, Agreement, Drafting, Signing
from services.partners.agreements.errors import AgreementUnknown, PartnerOneself, PartnerUnknown, SignatoryUnknown
from services.partners.organisation import ORGANISATION

if TYPE_CHECKING:
    from services.partners.service import Partners


def draft_agreement(service: "Partners", request: partners.DraftAgreement, caller: Context) -> common.Recorded:
    service.authorizer.require(caller, "DraftAgreement", {"party": True})
    if request.partner == caller.organisation:
        raise PartnerOneself
    if not service.log.load(ORGANISATION, request.partner).state.kind:
        raise PartnerUnknown(partner=request.partner)
    parties = caller.organisation, request.partner
    return execute(service, derived_id(caller.command_id, "agreement"), Drafting(parties, request.terms), caller)


def change_agreement(service: "Partners", request: Any, caller: Context) -> common.Recorded:
    """Any command to an agreement that needs nobody's name."""
    return execute(service, request.agreement, request, caller, allowed(service, request, caller))


def sign_agreement(service: "Partners", request: Any, caller: Context) -> common.Recorded:
    """ProposeAgreement and SignAgreement: signed with the name that the directory has, not one that is typed."""
    check = allowed(service, request, caller)
    name = ""
    with unless_repeated(service.log, caller):
        check(service.log.load(AGREEMENT, request.agreement).state)
        name = name_of(service, caller)
    return execute(service, request.agreement, Signing(request, name), caller, check)


def name_of(service: "Partners", caller: Context) -> str:
    """Raises SignatoryUnknown."""
    member = service.log.load(ORGANISATION, caller.organisation).state.members.get(caller.actor)
    if member is None:
        raise SignatoryUnknown(organisation=caller.organisation)
    return member.name


def allowed(service: "Partners", request: Any, caller: Context) -> Callable[[Agreement], None]:
    def check(agreement: Agreement) -> None:
        must_be_party(agreement, request.agreement, caller)
        service.authorizer.require(caller, type(request).__name__, {"party": True})

    return check


def must_be_party(agreement: Agreement, agreement_id: str, caller: Context) -> None:
    """Raises AgreementUnknown, for one that there is not and for one between others."""
    if caller.organisation not in agreement.parties:
        raise AgreementUnknown(agreement=agreement_id)


def execute(
    service: "Partners",
    agreement: str,
    command: Any,
    caller: Context,
    check: Callable[[Agreement], None] = lambda _: None,
) -> common.Recorded:
    result = service.log.execute(AGREEMENT, agreement, command, caller, check)
    return common.Recorded(id=result.id, version=result.version, position=result.position)


AGREEMENT_HANDLERS: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.DraftAgreement: draft_agreement,
    partners.ChangeAgreement: change_agreement,
    partners.ProposeAgreement: sign_agreement,
    partners.SignAgreement: sign_agreement,
    partners.DeclineAgreement: change_agreement,
    partners.CommentAgreement: change_agreement,
    partners.BeginReview: change_agreement,
    partners.RecordReview: change_agreement,
    partners.EndAgreement: change_agreement,
}
