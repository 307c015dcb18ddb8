"""A case: who takes part, what is to be done, and opening, joining and closing one."""

from datetime import UTC, datetime
from typing import Any, Final

from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from starlette.responses import Response

from libs.eventlog import new_id
from services.gateway.pages.citizen import head
from services.gateway.pages.forms import form_page, record
from services.gateway.pages.household import relatives
from services.gateway.pages.organisations import organisation_options
from services.gateway.pages.referral_steps import REASONS
from services.gateway.person import CASEWORK, PROFESSIONAL
from services.gateway.timeline import law, subject
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, Option, choose, options_of, words
from services.gateway.web.languages import gettext, word


def case(visit: Visit) -> Response:
    one = visit.ask(cases_pb2.GetCase(case=visit.path("case")), cases_pb2.Case)
    about = (
        *(p.organisation for p in one.participants),
        *(a.owner for a in one.actions),
        *(r.recipient for r in one.referrals if r.recipient),
    )
    names = visit.organisations(about)
    shown = {
        "id": one.id,
        "citizen": one.citizen,
        "subject": subject(one.subject_code),
        "status": one.status,
        "open": [
            {
                "id": action.id,
                "owner": names.get(action.owner, ""),
                "due": moment(action.due),
                "command_id": new_id(),
            }
            for action in one.actions
            if not action.completed
        ],
        "referrals": [
            {
                "recipient": names.get(each.recipient, ""),
                "status": each.status,
                "outcome": word("referral_outcome", each.outcome) if each.outcome else "",
                "reason": word(REASONS[each.status], each.reason) if each.reason else "",
                "at": moment(each.at),
            }
            for each in one.referrals
        ],
        "participants": participants(one, names),
    }
    name = visit.names([one.citizen]).get(one.citizen, "")
    return visit.page("case.html", case=shown, name=name, now=datetime.now(UTC))


def participants(one: cases_pb2.Case, names: Any) -> list[dict[str, Any]]:
    return [
        {
            "organisation": p.organisation,
            "name": names.get(p.organisation, ""),
            "role": p.role,
            "law": law(p.legal_basis),
            "until": moment(p.period.until),
        }
        for p in one.participants
    ]


def people(visit: Visit) -> Response:
    """The organisations around one citizen, by case; and those whom the citizen lives with."""
    lines = visit.ask(cases_pb2.ListCases(citizen=visit.path("citizen")), cases_pb2.CaseList).cases
    found = [visit.ask(cases_pb2.GetCase(case=line.id), cases_pb2.Case) for line in lines[:20]]
    names = visit.organisations(p.organisation for one in found for p in one.participants)
    cases = [
        {
            "id": one.id,
            "subject": subject(one.subject_code),
            "status": one.status,
            "participants": participants(one, names),
        }
        for one in found
    ]
    return visit.page("people.html", **head(visit, "/people", ""), cases=cases, relatives=relatives(visit))


def complete_action(visit: Visit) -> Response:
    command = cases_pb2.CompleteAction(case=visit.path("case"), action=visit.path("action"))
    command.command.command_id = Form((), visit.filled).command_id
    visit.ask(command, common_pb2.Recorded)
    return visit.go(f"/cases/{visit.path('case')}", "notice.ACTION_COMPLETED")


def to_case(visit: Visit) -> Response:
    """An action has no page of its own."""
    return visit.go(f"/cases/{visit.path('case')}")


def laws() -> tuple[Option, ...]:
    """The law references that the catalogue explains."""
    return options_of("law.")


def subjects() -> tuple[Option, ...]:
    return tuple(Option(one.value, f"{one.text} ({one.value})") for one in options_of("subject."))


def law_field() -> Field:
    return Field(
        name="legal_basis",
        label=gettext("Basis in law"),
        hint=gettext("Why the organisation may work with this citizen."),
        kind="one",
        options=choose(laws()),
    )


def open_case(visit: Visit) -> Response:
    citizen = visit.path("citizen")
    shared = head(visit, "", "")
    form = Form(
        (
            Field(
                name="title",
                label=gettext("What the case is about"),
                hint=gettext("One line. It is read on the timeline."),
            ),
            Field(name="subject_code", label=gettext("Subject"), kind="one", options=choose(subjects())),
            Field(name="category", label=gettext("Category"), kind="one", options=words("category")),
            law_field(),
        ),
        visit.filled or {"category": ["administrative"]},
    )

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Open a case"),
            subject=shared["name"],
            lead=gettext("Your organisation leads the case and coordinates it."),
            submit=gettext("Open the case"),
            back=f"/citizens/{citizen}",
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        cases_pb2.OpenCase(),
        again,
        lambda case_id: visit.go(f"/cases/{case_id}", "notice.CASE_OPENED"),
        citizen=citizen,
    )


def join(visit: Visit) -> Response:
    back = f"/cases/{visit.path('case')}"
    form = Form(
        (
            Field(
                name="organisation",
                label=gettext("Organisation"),
                kind="one",
                options=choose(organisation_options(visit)),
            ),
            Field(
                name="role", label=gettext("Role in the case"), kind="one", options=choose(words("participant_role"))
            ),
            law_field(),
        ),
        visit.filled,
    )

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Add an organisation"),
            lead=gettext("From then on it sees what its basis in law lets it see."),
            submit=gettext("Add it to the case"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        cases_pb2.JoinCase(),
        again,
        lambda _id: visit.go(back, "notice.PARTICIPANT_JOINED"),
        case=visit.path("case"),
    )


def close(visit: Visit) -> Response:
    back = f"/cases/{visit.path('case')}"
    form = Form(
        (Field(name="result", label=gettext("Result"), kind="one_of_few", options=words("case_result")),), visit.filled
    )

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Close the case"),
            lead=gettext("The timeline stays. The case can be opened again."),
            submit=gettext("Close the case"),
            variant="warning",
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        cases_pb2.CloseCase(),
        again,
        lambda _id: visit.go(back, "notice.CASE_CLOSED"),
        case=visit.path("case"),
    )


PAGES: Final = (
    Page("/cases/{case}", case, PROFESSIONAL),
    Page("/cases/{case}/actions/{action}", to_case, PROFESSIONAL, complete_action),
    Page("/cases/{case}/participants/new", join, CASEWORK, join),
    Page("/cases/{case}/close", close, CASEWORK, close),
    Page("/citizens/{citizen}/cases/new", open_case, CASEWORK, open_case),
    Page("/citizens/{citizen}/people", people, PROFESSIONAL),
)
