"""Referrals: boxes, one referral, and making one."""

from typing import Any, Final
from urllib.parse import urlencode

from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.calendar import MEDIA_TYPE, calendar_of
from services.gateway.pages.candidacies import candidacies
from services.gateway.pages.cards import referral_cards
from services.gateway.pages.citizen import head
from services.gateway.pages.forms import form_page, record
from services.gateway.pages.organisations import organisation_options
from services.gateway.pages.referral_steps import REASONS, request_command, steps_of
from services.gateway.person import PROFESSIONAL
from services.gateway.timeline import subject
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, Option, choose, words
from services.gateway.web.languages import gettext, word

BOXES: Final = ("inbox", "outbox")
MISSING: Final = "missing"
"""Name of the detail in which a refusal lists the categories without a basis."""


def boxes(visit: Visit) -> Response:
    box = visit.query("box")
    box = box if box in BOXES else "inbox"
    question = referrals_pb2.ListReferrals(box=box, page=common_pb2.PageRequest(size=50, token=visit.query("page")))
    answer = visit.ask(question, referrals_pb2.ReferralList)
    cards = referral_cards(visit, answer.referrals)
    asked = candidacies(visit) if box == "inbox" and not visit.query("page") else []
    return visit.page(
        "referrals.html", citizen="", box=box, groups=[("", cards)], next=answer.page.next, candidacies=asked
    )


def of_citizen(visit: Visit) -> Response:
    groups = []
    for box in BOXES:
        question = referrals_pb2.ListReferrals(
            box=box, citizen=visit.path("citizen"), page=common_pb2.PageRequest(size=200)
        )
        answer = visit.ask(question, referrals_pb2.ReferralList)
        groups.append((word("box", box), referral_cards(visit, answer.referrals)))
    return visit.page("referrals.html", **head(visit, "/referrals", ""), box="", groups=groups, next="", candidacies=[])


def referral(visit: Visit) -> Response:
    return shown(visit)


def shown(visit: Visit, problem: str = "", missing: tuple[str, ...] = ()) -> Response:
    """A referral's page; with what was wrong when it could not be sent."""
    one = visit.ask(referrals_pb2.GetReferral(referral=visit.path("referral")), referrals_pb2.Referral)
    names = visit.organisations([one.sender, one.recipient, *one.candidates, *(each.recipient for each in one.onward)])
    card = referral_cards(visit, [one])[0]
    ask = urlencode({"grantee": one.recipient, "categories": ",".join(missing), "purpose": one.purpose})
    facts: dict[str, Any] = {
        "id": one.id,
        "citizen": one.citizen,
        "name": card.name,
        "status": one.status,
        "sent": one.sender == visit.who.organisation,
        "sender": names.get(one.sender, ""),
        "sender_id": one.sender,
        "self_referral": one.self_referral,
        "recipient": names.get(one.recipient, ""),
        "recipient_id": one.recipient,
        "candidates": sorted(names[each] for each in one.candidates if each in names),
        "declined": [(names.get(each.candidate, ""), word("reject_reason", each.reason)) for each in one.declined],
        "purpose": one.purpose,
        "categories": ", ".join(word("category", category).lower() for category in one.categories),
        "reason": reason(one.status, one.reason),
        "business": word("business_status", one.business_status) if one.business_status else "",
        "position": one.wait_position,
        "priority": one.priority if one.priority != "routine" else "",
        "goal": word("goal_reached", one.goal) if one.goal else "",
        "next": word("what_next", one.next) if one.next else "",
        "contacts": one.contacts,
        "onward": [
            (names.get(each.recipient, ""), each.status, word("referral_outcome", each.outcome) if each.outcome else "")
            for each in one.onward
        ],
        "outcome": word("referral_outcome", one.outcome) if one.outcome else "",
        "due": card.due,
        "late": card.late,
        "changed": moment(one.changed),
        "card": card,
    }
    return visit.page(
        "referral.html",
        422 if problem else 200,
        one=facts,
        steps=steps_of(one, visit.who.organisation),
        problem=problem,
        ask_consent=f"/citizens/{one.citizen}/consents/ask?{ask}" if missing else "",
    )


def reason(status: str, code: str) -> str:
    """The coded reason of the step that gave the referral its status."""
    return word(REASONS.get(status, ""), code) if code else ""


def deadlines(visit: Visit) -> Response:
    """The referral's deadlines as a file for a calendar."""
    one = visit.ask(referrals_pb2.GetReferral(referral=visit.path("referral")), referrals_pb2.Referral)
    file = calendar_of([one], str(visit.request.base_url).rstrip("/"))
    return Response(file, media_type=MEDIA_TYPE, headers={"content-disposition": 'attachment; filename="samspor.ics"'})


def make_form(visit: Visit) -> Form:
    cases = visit.ask(cases_pb2.ListCases(citizen=visit.path("citizen"), status="open"), cases_pb2.CaseList).cases
    answer = visit.ask(partners_pb2.SearchServices(page=common_pb2.PageRequest(size=200)), partners_pb2.ServiceList)
    services = [Option(one.id, f"{one.organisation_name}: {one.name}") for one in answer.services]
    proposed = {
        "case": [visit.query("case") or (cases[0].id if len(cases) == 1 else "")],
        "categories": visit.request.query_params.getlist("categories"),
        "recipient": [visit.query("recipient")],
        "service": [visit.query("service")],
        "purpose": ["mentoring"],
        "priority": ["routine"],
    }
    others = [one for one in organisation_options(visit) if one.value != visit.who.organisation]
    recipient = (
        Field(
            name="recipient",
            label=gettext("Who is asked to help"),
            kind="one",
            options=choose(others),
        ),
        Field(
            name="service",
            label=gettext("With which service"),
            hint=gettext("It must be one of the same organisation."),
            kind="one",
            options=choose(services),
            optional=True,
        ),
    )
    several = Field(
        name="candidates",
        label=gettext("Who is asked to help"),
        hint=gettext("Choose two to twenty. The first to say yes has it. Each needs a consent or a basis in law."),
        kind="many",
        options=tuple(others),
    )
    fields = (
        *((several,) if visit.query("several") else recipient),
        Field(
            name="case",
            label=gettext("In which case"),
            kind="one",
            options=choose([Option(one.id, subject(one.subject_code)) for one in cases]),
            optional=True,
        ),
        Field(
            name="purpose",
            label=gettext("What for"),
            kind="one",
            options=words("purpose", ("mentoring", "housing_support", "treatment", "coordination", "casework")),
        ),
        Field(
            name="categories",
            label=gettext("What they are told about"),
            hint=gettext("Each needs a consent or a basis in law. Choose only what is needed."),
            kind="many",
            options=words("category"),
        ),
        Field(
            name="reason",
            label=gettext("Why help is asked for"),
            hint=gettext("The partner reads this when it has a basis. Write so that the citizen can read it too."),
            kind="long",
        ),
        Field(name="priority", label=gettext("Priority"), kind="one", options=words("priority")),
        Field(
            name="escalate_to",
            label=gettext("Your unit that takes over when nobody answers"),
            hint=gettext("The name of a unit or a team, and of no person."),
            optional=True,
        ),
    )
    return Form(fields, visit.filled or proposed)


def make(visit: Visit) -> Response:
    """Drafts the referral and sends it. Where a basis is missing the draft stays, and its page says what is missing."""
    form, citizen = make_form(visit), visit.path("citizen")
    shared = head(visit, "", "")

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Make a referral"),
            subject=shared["name"],
            lead=gettext("The partner is asked to confirm within two working days, and to answer within two more."),
            submit=gettext("Send the referral"),
            back=f"/citizens/{citizen}",
        )

    if visit.request.method == "GET":
        return again()
    draft = referrals_pb2.DraftReferral(action=visit.query("action"))
    return record(visit, form, draft, again, lambda made: send(visit, made), citizen=citizen)


def send(visit: Visit, made: str) -> Response:
    visit.request.path_params["referral"] = made
    command = request_command(made, Form((), visit.filled).command_id)
    try:
        visit.ask(command, common_pb2.Recorded)
    except Refused as refused:
        missing = tuple(part.strip() for part in refused.details.get(MISSING, "").split(",") if part.strip())
        return shown(visit, refusals.sentence(refused), missing)
    return visit.go(f"/referrals/{made}", "notice.REFERRAL_REQUESTED")


def request_again(visit: Visit) -> Response:
    """Sends a draft."""
    if visit.request.method == "GET":
        one = visit.ask(referrals_pb2.GetReferral(referral=visit.path("referral")), referrals_pb2.Referral)
        return form_page(
            visit,
            Form((), visit.filled),
            title=gettext("step.request"),
            lead=gettext("The partner is asked to confirm within two working days, and to answer within two more."),
            submit=gettext("Send the referral"),
            back=f"/referrals/{one.id}",
        )
    return send(visit, visit.path("referral"))


PAGES: Final = (
    Page("/referrals", boxes, PROFESSIONAL),
    Page("/referrals/{referral}", referral, PROFESSIONAL),
    Page("/referrals/{referral}/calendar", deadlines, PROFESSIONAL),
    Page("/referrals/{referral}/request", request_again, PROFESSIONAL, request_again),
    Page("/citizens/{citizen}/referrals", of_citizen, PROFESSIONAL),
    Page("/citizens/{citizen}/referrals/new", make, PROFESSIONAL, make),
)
