"""A citizen asks for help: which services can be asked, what the citizen says yes to, what becomes of it."""

from typing import Any, Final

from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.pages.cards import due_of
from services.gateway.pages.consent_terms import NOTICE, PURPOSES, last_day, proposed
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.pages.open_services import takes_self_referral
from services.gateway.pages.referral_steps import REASONS, STEPS
from services.gateway.pages.room import rooms, services_of
from services.gateway.person import PURPOSES as USUAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, word
from services.vocabulary import VOCABULARIES

CITIZENS: Final = frozenset({"citizen"})
OWN: Final = "/my-help"
NOT_ABOUT: Final = ("referral", "administrative", "plan")
"""Categories that are about casework, and about no need."""
RECALLED: Final = STEPS["cancel"].statuses - {"draft"}


def ask(visit: Visit) -> Response:
    """What the citizen says yes to stands on the page with the button: who, what, what for, and until when."""
    question = partners_pb2.GetOrganisation(organisation=visit.path("organisation"))
    organisation = visit.ask(question, partners_pb2.Organisation)
    service = next((one for one in organisation.services if one.id == visit.path("service")), None)
    if service is None or not takes_self_referral(service):
        return refusals.not_found(visit)
    purposes = USUAL.get(organisation.kind, PURPOSES)
    usual = {"categories": list(service.categories), "purpose": [purposes[0]]}
    usual["period.until"] = proposed(visit)["period.until"]
    form = Form(fields(purposes), visit.filled or usual)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Ask for help"),
            subject=f"{service.name} – {organisation.name}",
            lead=gettext(
                "When you press the button, you ask %(organisation)s for help, and say yes to what stands here. You can"
                " take your yes back on any day.",
                organisation=organisation.name,
            ),
            facts=[
                (gettext("Who is told"), organisation.name),
                (
                    gettext("What they are told"),
                    gettext("Your name, and what you write here. They see that there is more about you, and not what."),
                ),
                (gettext("When they answer"), gettext("Within four working days. You see it under Help I asked for.")),
            ],
            submit=gettext("Yes, ask for help"),
            back=f"/organisations/{organisation.id}",
            extra="asking_room.html",
            room=rooms(visit, services=[service.id]).get(service.id),
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        referrals_pb2.RequestHelp(),
        again,
        lambda _id: visit.go(OWN, "notice.HELP_ASKED"),
        citizen=visit.who.person,
        recipient=organisation.id,
        service=service.id,
        notice_version=NOTICE,
    )


def fields(purposes: tuple[str, ...]) -> tuple[Field, ...]:
    return (
        Field(
            name="reason",
            label=gettext("What do you need help with?"),
            hint=gettext("Write too how they can reach you: they are told no number and no address."),
            kind="long",
        ),
        Field(
            name="categories",
            label=gettext("What is it about?"),
            hint=gettext("Choose only what is needed."),
            kind="many",
            options=words("category", tuple(one for one in VOCABULARIES["category"] if one not in NOT_ABOUT)),
        ),
        Field(
            name="purpose",
            label=gettext("What may they use it for?"),
            kind="one_of_few",
            options=words("purpose", purposes),
        ),
        last_day(),
    )


def own_help(visit: Visit) -> Response:
    """What the citizen asked for, those that await an answer first."""
    question = referrals_pb2.ListReferrals(
        box="outbox", page=common_pb2.PageRequest(size=50, token=visit.query("page"))
    )
    answer = visit.ask(question, referrals_pb2.ReferralList)
    recipients = list(dict.fromkeys(one.recipient for one in answer.referrals))
    names = visit.organisations(recipients)
    services = {each: services_of(visit, each) for each in recipients}
    standing = consents_in_force(visit) if answer.referrals else set()
    rows = [
        row(one, names.get(one.recipient, ""), services[one.recipient].get(one.service, ""), standing)
        for one in answer.referrals
    ]
    return visit.page("own_help.html", rows=rows, next=answer.page.next)


def row(one: referrals_pb2.Referral, recipient: str, service: str, standing: set[str]) -> dict[str, Any]:
    reasons = REASONS.get(one.status, "")
    return {
        "id": one.id,
        "organisation": one.recipient,
        "recipient": recipient,
        "service": service,
        "status": one.status,
        "then": then(one),
        "reason": word(reasons, one.reason) if one.reason and reasons else "",
        "outcome": word("referral_outcome", one.outcome) if one.outcome else "",
        "due": due_of(one),
        "changed": moment(one.changed),
        "may_recall": one.status in RECALLED,
        "consent": next((each for each in one.bases if each in standing), ""),
    }


def then(one: referrals_pb2.Referral) -> str:
    """What happens next, in a sentence."""
    if one.escalated:
        return gettext("They have not answered in time. You can call them, or ask somewhere else.")
    if one.business_status == "waitlisted":
        return gettext("There is no room now. You are number %(n)s on the list.", n=one.wait_position or 1)
    if one.business_status == "offered":
        return gettext("There is a place for you. They get in touch with you.")
    if one.reason == "consent_withdrawn":
        return gettext("You took back your consent, so they have stopped.")
    sentences = {
        "requested": gettext("They have got it. They say so in a few days."),
        "received": gettext("They have seen it. They answer with a yes or a no."),
        "accepted": gettext("They said yes. They get in touch with you."),
        "ready": gettext("They said yes. They get in touch with you."),
        "in-progress": gettext("The help has begun."),
        "on-hold": gettext("The help waits."),
        "rejected": gettext("They said no. You can ask somewhere else."),
        "cancelled": gettext("You took it back."),
        "completed": gettext("The help is over."),
        "failed": gettext("The help stopped. You can ask somewhere else."),
    }
    return sentences.get(one.status, "")


def consents_in_force(visit: Visit) -> set[str]:
    found = visit.ask(consents_pb2.ListBases(citizen=visit.who.person), consents_pb2.BasisList).bases
    return {one.id for one in found if one.status == "given"}


def recall(visit: Visit) -> Response:
    """The consent is another thing: it stands until the citizen takes it back."""
    referral = visit.path("referral")
    one = visit.ask(referrals_pb2.GetReferral(referral=referral), referrals_pb2.Referral)
    if one.status not in RECALLED and visit.request.method == "GET":
        raise Refused(Kind.UNKNOWN, "REFERRAL_UNKNOWN", "")
    return confirm(
        visit,
        referrals_pb2.CancelReferral(referral=referral, reason="recalled"),
        notice="notice.HELP_RECALLED",
        back=OWN,
        title=gettext("I do not want this help"),
        subject=visit.organisations([one.recipient]).get(one.recipient, ""),
        lead=gettext("They are told, and stop. You can ask again later. Your consent stands until you take it back."),
        submit=gettext("I do not want this help"),
        variant="warning",
    )


PAGES: Final = (
    Page("/organisations/{organisation}/services/{service}/help", ask, CITIZENS, ask),
    Page(OWN, own_help, CITIZENS),
    Page("/referrals/{referral}/recall", recall, CITIZENS, recall),
)
