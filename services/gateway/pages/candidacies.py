"""Referrals that the organisation is asked together with others: seen without a name, taken, or declined."""

from typing import Any, Final

from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.forms import form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, word

INBOX: Final = "/referrals?box=inbox"


def candidacies(visit: Visit, referral: str = "") -> list[dict[str, Any]]:
    """Those that can be taken, and those that another has taken."""
    question = referrals_pb2.ListCandidacies(referral=referral)
    found = visit.ask(question, referrals_pb2.CandidacyList).candidacies
    return [
        {
            "id": one.referral,
            "open": one.standing == "open",
            "title": ", ".join(word("category", each) for each in one.categories),
            "purpose": one.purpose,
            "priority": "" if one.priority == "routine" else one.priority,
            "due": moment(one.reply_by),
        }
        for one in found
        if one.standing != "over"
    ]


def about(visit: Visit) -> str:
    """What help is needed. Raises Refused where the organisation is not asked any more."""
    found = candidacies(visit, visit.path("referral"))
    if not found:
        raise Refused(Kind.UNKNOWN, "REFERRAL_UNKNOWN", "No such referral.")
    return str(found[0]["title"])


def claim(visit: Visit) -> Response:
    form, referral = Form((), visit.filled), visit.path("referral")

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Take the task"),
            subject=about(visit),
            lead=gettext("You then have it alone, and are told whom it is about."),
            submit=gettext("Take the task"),
            back=INBOX,
        )

    if visit.request.method == "GET":
        return again()
    done = f"/referrals/{referral}"
    return record(
        visit, form, referrals_pb2.ClaimReferral(), again, lambda _id: visit.go(done, "notice.CLAIM"), referral=referral
    )


def decline(visit: Visit) -> Response:
    reasons = Field(name="reason", label=gettext("Why not"), kind="one_of_few", options=words("reject_reason"))
    form, command = Form((reasons,), visit.filled), referrals_pb2.DeclineReferral()

    def again() -> Response:
        return form_page(
            visit, form, title=gettext("Say no"), subject=about(visit), submit=gettext("Say no"), back=INBOX
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit, form, command, again, lambda _id: visit.go(INBOX, "notice.DECLINE"), referral=visit.path("referral")
    )


PAGES: Final = (
    Page("/referrals/{referral}/claim", claim, PROFESSIONAL, claim),
    Page("/referrals/{referral}/decline", decline, PROFESSIONAL, decline),
)
