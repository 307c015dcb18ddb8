"""A citizen asks for help: the consent that is missing is given, and the referral rests on it.

Two services record what one command says. The consent's command has an id that follows from this one, and the
referral's id from the citizen and the service: whoever repeats a command that broke off in between gives no other
consent, and makes no other referral.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import VersionStale, derived_id
from libs.host.calls import Caller
from libs.host.errors import Refused
from libs.host.repeats import unless_repeated
from services.referrals.errors import (
    BasisMissing,
    CitizenUnknown,
    HelpAskedAlready,
    RecipientBlocked,
    SelfReferralClosed,
    ServiceNotListed,
)
from services.referrals.handlers import execute
from services.referrals.place import OVER
from services.referrals.referral import REFERRAL
from services.referrals.self_referral import Help, referral_id, told_about
from services.vocabulary import takes_self_referral

if TYPE_CHECKING:
    from services.referrals.service import Referrals

CONSENT: Final = "gdpr_consent"
BLOCKED: Final = "BLOCKED"


def request_help(service: "Referrals", request: referrals.RequestHelp, caller: Caller) -> common.Recorded:
    """Everything that can be refused is refused before the consent is given. Raises RoleMissing, CitizenUnknown,
    ServiceNotListed, SelfReferralClosed, HelpAskedAlready, RecipientBlocked, and what consents refuses."""
    service.authorizer.require(caller, "RequestHelp", {"side": ""})
    if request.citizen != caller.actor:
        raise CitizenUnknown(citizen=request.citizen)
    bases: tuple[str, ...] = ()
    referral = next_referral(service, request)
    with unless_repeated(service.log, caller):
        must_take_it(service, request, caller)
        must_be_new(service, referral, caller)
        bases = consented(service, request, caller)
    return execute(service, referral, Help(referral, request, bases), caller)


def next_referral(service: "Referrals", request: referrals.RequestHelp) -> str:
    """The id of the first of this citizen's requests to the service that is not over, or was not made."""
    number = 0
    while True:
        referral = referral_id(request.citizen, request.service, number)
        if service.log.load(REFERRAL, referral).state.status not in OVER:
            return referral
        number += 1


def must_take_it(service: "Referrals", request: referrals.RequestHelp, caller: Caller) -> None:
    """Raises ServiceNotListed, and SelfReferralClosed also where citizens sign in for no organisation, so that nothing
    they write has a controller."""
    if not caller.organisation:
        raise SelfReferralClosed
    organisation = service.clients.ask(
        partners.GetOrganisation(organisation=request.recipient), partners.Organisation, caller
    )
    found = next((each for each in organisation.services if each.id == request.service), None)
    if found is None:
        raise ServiceNotListed
    if not takes_self_referral(found.status, found.eligibility.situations):
        raise SelfReferralClosed


def must_be_new(service: "Referrals", referral: str, caller: Caller) -> None:
    """Raises HelpAskedAlready, VersionStale."""
    if service.log.load(REFERRAL, referral).version:
        raise HelpAskedAlready(referral=referral)
    if caller.expected_version:
        raise VersionStale(actual=0, expected=caller.expected_version, by="somebody")


def consented(service: "Referrals", request: referrals.RequestHelp, caller: Caller) -> tuple[str, ...]:
    """The bases on which the recipient may be told, once the consent to what was missing is given. Raises
    RecipientBlocked before it, where it would not help."""
    known = checked(service, request, caller)
    if known.reason == BLOCKED:
        raise RecipientBlocked
    if known.missing:
        give(service, request, list(known.missing), caller)
        known = checked(service, request, caller)
    if known.missing:
        raise BasisMissing(missing=", ".join(known.missing))
    return tuple(known.bases)


def checked(service: "Referrals", request: referrals.RequestHelp, caller: Caller) -> consents.BasisChecked:
    question = consents.CheckBasis(
        citizen=request.citizen,
        organisation=request.recipient,
        purpose=request.purpose,
        categories=told_about(request),
    )
    return service.clients.ask(question, consents.BasisChecked, caller)


def give(service: "Referrals", request: referrals.RequestHelp, categories: list[str], caller: Caller) -> None:
    """To read what the citizens themselves wrote, and nothing that others did. Another request to the same organisation
    may have given it a moment ago."""
    command = consents.GiveConsent(
        command=common.Command(command_id=derived_id(caller.command_id, "consent")),
        citizen=request.citizen,
        kind=CONSENT,
        grantee=request.recipient,
        purposes=[request.purpose],
        categories=categories,
        sources=[caller.organisation],
        period=request.period,
        given_how="digital",
        notice_version=request.notice_version,
    )
    try:
        service.clients.ask(command, common.Recorded, caller)
    except Refused as refused:
        if refused.reason != "CONSENT_OVERLAPPING" or checked(service, request, caller).missing:
            raise


ASKING_HANDLERS: "Final[Mapping[type[Message], Callable[[Referrals, Any, Caller], Message]]]" = {
    referrals.RequestHelp: request_help,
}
