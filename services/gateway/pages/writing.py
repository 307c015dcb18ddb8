"""Writing in a case: a note, a decision, an action. Who will be able to read it is shown before it is written."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2
from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.host.errors import Refused
from services.gateway.pages.forms import form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.timeline import subject
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import HERE
from services.gateway.web.forms import Field, Form, Option, choose, words
from services.gateway.web.languages import gettext
from services.vocabulary import VOCABULARIES

MOST_CHECKED: Final = 12
"""Organisations whose reading is worked out before a form is shown."""


def readers(visit: Visit, case: cases_pb2.Case) -> list[tuple[str, list[str]]]:
    """Category -> names of the organisations that can read an entry of it, as consents decides now."""
    own = visit.who.organisation
    wanted = purposes_of(visit, case)
    can: dict[str, list[str]] = {category: [own] for category in VOCABULARIES["category"]}
    for organisation, purposes in list(wanted.items())[:MOST_CHECKED]:
        for category in may_read(visit, case, organisation, purposes):
            can[category].append(organisation)
    names = visit.organisations([own, *wanted])
    return [(category, [names.get(one, "") for one in organisations]) for category, organisations in can.items()]


def purposes_of(visit: Visit, case: cases_pb2.Case) -> dict[str, list[str]]:
    """Other organisations with a basis, and the purposes it names."""
    bases = visit.ask(consents_pb2.ListBases(citizen=case.citizen), consents_pb2.BasisList).bases
    wanted: dict[str, list[str]] = {}
    for basis in bases:
        if basis.organisation != visit.who.organisation and basis.status in ("active", "given"):
            known = wanted.setdefault(basis.organisation, [])
            known += [purpose for purpose in basis.purposes or ("casework",) if purpose not in known]
    return wanted


def may_read(visit: Visit, case: cases_pb2.Case, organisation: str, purposes: list[str]) -> set[str]:
    """The categories that `organisation` may be told of for any of its purposes."""
    found: set[str] = set()
    for purpose in purposes:
        question = consents_pb2.CheckBasis(
            citizen=case.citizen,
            organisation=organisation,
            purpose=purpose,
            categories=VOCABULARIES["category"],
            case=case.id,
        )
        checked = visit.ask(question, consents_pb2.BasisChecked)
        if checked.missing or checked.bases:
            found |= set(VOCABULARIES["category"]) - set(checked.missing)
    return found


def page(
    visit: Visit,
    message: Message,
    fields: Callable[[cases_pb2.Case], tuple[Field, ...]],
    *,
    title: str,
    submit: str,
    notice: str,
    proposed: Mapping[str, list[str]],
) -> Response:
    case = visit.ask(cases_pb2.GetCase(case=visit.path("case")), cases_pb2.Case)
    back = f"/citizens/{case.citizen}"
    form = Form(fields(case), visit.filled or proposed)

    def again() -> Response:
        try:
            name, who = visit.names([case.citizen]).get(case.citizen, ""), readers(visit, case)
        except Refused:
            if not form.errors:
                raise
            # What was written must come back even when nothing else can be shown.
            name, who = "", []
        return form_page(
            visit,
            form,
            title=title,
            subject=f"{name} · {subject(case.subject_code)}" if name else subject(case.subject_code),
            submit=submit,
            back=back,
            extra="readers.html",
            readers=who,
        )

    if visit.request.method == "GET":
        return again()
    return record(visit, form, message, again, lambda _id: visit.go(back, notice), case=case.id)


def category_field() -> Field:
    return Field(
        name="category",
        label=gettext("Category"),
        hint=gettext("It decides who can read this."),
        kind="one",
        options=choose(words("category")),
    )


def sensitivity_field() -> Field:
    return Field(name="sensitivity", label=gettext("Sensitivity"), kind="one", options=words("sensitivity"))


def note(visit: Visit) -> Response:
    def fields(_case: cases_pb2.Case) -> tuple[Field, ...]:
        return (
            Field(
                name="text",
                label=gettext("Note"),
                hint=gettext("Write so that the citizen can read it too."),
                kind="long",
                rows=8,
            ),
            category_field(),
            sensitivity_field(),
            Field(
                name="command.occurred",
                label=gettext("When it happened"),
                hint=gettext("Leave empty for now."),
                kind="date",
                optional=True,
            ),
        )

    return page(
        visit,
        cases_pb2.WriteNote(),
        fields,
        title=gettext("New note"),
        submit=gettext("Save the note"),
        notice="notice.NOTE_WRITTEN",
        proposed={"sensitivity": ["normal"]},
    )


def decision(visit: Visit) -> Response:
    def fields(_case: cases_pb2.Case) -> tuple[Field, ...]:
        return (
            Field(
                name="plain_text",
                label=gettext("In plain words"),
                hint=gettext("What is decided, what it means for the citizen, and what they can do. Short sentences."),
                kind="long",
            ),
            Field(
                name="legal_text",
                label=gettext("Legal text"),
                hint=gettext("The decision with its grounds and references."),
                kind="long",
                rows=10,
            ),
            Field(
                name="appeal_deadline",
                label=gettext("Last day to appeal"),
                kind="date",
                day="deadline",
                optional=True,
            ),
            category_field(),
            sensitivity_field(),
        )

    return page(
        visit,
        cases_pb2.RecordDecision(),
        fields,
        title=gettext("Decision"),
        submit=gettext("Save the decision"),
        notice="notice.DECISION_RECORDED",
        proposed={"sensitivity": ["normal"]},
    )


def action(visit: Visit) -> Response:
    def fields(case: cases_pb2.Case) -> tuple[Field, ...]:
        ids = [one.organisation for one in case.participants] or [visit.who.organisation]
        names = visit.organisations(ids)
        return (
            Field(name="title", label=gettext("What is to be done")),
            Field(
                name="owner",
                label=gettext("Who does it"),
                kind="one",
                options=choose([Option(one, names.get(one, "")) for one in ids]),
            ),
            Field(name="due", label=gettext("By when"), kind="date", day="deadline"),
            category_field(),
            sensitivity_field(),
        )

    due = datetime.now(HERE).date() + timedelta(days=14)
    return page(
        visit,
        cases_pb2.PlanAction(),
        fields,
        title=gettext("New action"),
        submit=gettext("Save the action"),
        notice="notice.ACTION_PLANNED",
        proposed={
            "owner": [visit.who.organisation],
            "due": [due.isoformat()],
            "category": ["plan"],
            "sensitivity": ["normal"],
        },
    )


PAGES: Final = (
    Page("/cases/{case}/notes/new", note, PROFESSIONAL, note),
    Page("/cases/{case}/decisions/new", decision, PROFESSIONAL, decision),
    Page("/cases/{case}/actions/new", action, PROFESSIONAL, action),
)
