"""Find a citizen by number, and register one. The number travels in a form, never in an address."""

from typing import Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.pages.forms import form_page, record
from services.gateway.person import CASEWORK, PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Field, Form
from services.gateway.web.languages import gettext

CPR: Final = "urn:oid:1.2.208.176.1.2"
"""The Danish civil registration number (FHIR identifier system)."""


def number_field(label: str = "") -> Field:
    return Field(
        name="identifier.value",
        label=label or gettext("CPR number"),
        hint=gettext("Ten digits, with or without a hyphen."),
    )


def number_of(visit: Visit) -> dict[str, list[str]]:
    """What was filled in, with the number in its registered form: digits only."""
    filled = {name: list(values) for name, values in visit.filled.items()}
    typed = (filled.get("identifier.value") or [""])[-1]
    if typed:
        filled["identifier.value"] = ["".join(sign for sign in typed if sign not in "- \u2010\u2011\u2013")]
    return filled


def checked(form: Form) -> bool:
    """A CPR number is ten digits (modulus 11 says nothing since 2007)."""
    value = form.value("identifier.value")
    if value and not (value.isascii() and value.isdecimal() and len(value) == 10):
        form.errors["identifier.value"] = gettext("violation.NUMBER_MALFORMED")
    return not form.errors


def numbered_citizen(visit: Visit, form: Form) -> str:
    """The id that belongs to the number of the form; "" for none. consents writes the look-up down. Raises Refused."""
    if not form.value("identifier.value"):
        return ""
    question = consents_pb2.FindCitizen(purpose=visit.purpose)
    question.identifier.system, question.identifier.value = CPR, form.value("identifier.value")
    return visit.ask(question, consents_pb2.CitizenFound).citizen


def find(visit: Visit) -> Response:
    form = Form((number_field(),), number_of(visit))
    status = 200
    if visit.request.method == "POST" and checked(form):
        question = consents_pb2.FindCitizen(purpose=visit.purpose)
        question.identifier.system = CPR
        if form.fill(question):
            try:
                found = visit.ask(question, consents_pb2.CitizenFound)
            except Refused as refused:
                if refused.kind not in (Kind.UNKNOWN, Kind.FORBIDDEN):
                    refusals.blame(form, refused, question)
                form.errors.setdefault("identifier.value", gettext("find.NOBODY"))
            else:
                return visit.go(f"/citizens/{found.citizen}")
    if form.errors:
        status = 422
    return visit.page("find.html", status, form=form)


def register(visit: Visit) -> Response:
    fields = (
        number_field(),
        Field(name="name", label=gettext("Name")),
        Field(name="address", label=gettext("Address"), optional=True),
        Field(name="phone", label=gettext("Phone"), optional=True),
    )
    form = Form(fields, number_of(visit))

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Register a new citizen"),
            lead=gettext("If the number is known already, you come to the citizen it belongs to."),
            submit=gettext("Register"),
            back="/citizens",
        )

    if visit.request.method == "GET" or not checked(form):
        return again()
    command = consents_pb2.RegisterCitizen()
    command.identifier.system = CPR
    return record(
        visit, form, command, again, lambda citizen: visit.go(f"/citizens/{citizen}/cases/new", "notice.REGISTERED")
    )


PAGES: Final = (
    Page("/citizens", find, PROFESSIONAL, find),
    Page("/citizens/new", register, CASEWORK, register),
)
