"""Who acts for a citizen: see them, appoint one on evidence, end it."""

from typing import Any, Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import head, standing
from services.gateway.pages.find import checked, number_field, number_of, numbered_citizen
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.person import CASEWORK
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import last_day_of, moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, word

STANDING: Final = ("in_force", "awaited")


def in_force(visit: Visit) -> list[consents_pb2.Representation]:
    return [one for one in standing(visit).representations if one.status == "in_force"]


def named(one: consents_pb2.Representation) -> str:
    """Hanne Demo (power of attorney)."""
    relation = word("representation", one.relation)
    return f"{one.name} ({relation.lower()})" if one.name else relation


def shown(visit: Visit, one: consents_pb2.Representation) -> dict[str, Any]:
    may_end = visit.who.role in CASEWORK or visit.who.person == visit.path("citizen")
    return {
        "id": one.id,
        "name": named(one),
        "status": one.status,
        "begins": moment(getattr(one.period, "from")),
        "ends": last_day_of(one.period.until),
        "oneself": one.representative == visit.who.person,
        "may_end": may_end and one.status in STANDING,
    }


def appoint(visit: Visit) -> Response:
    """The representative is found by number, as a citizen is: they sign in under the id that belongs to it."""
    back = f"/citizens/{visit.path('citizen')}/consents"
    fields = (
        number_field(gettext("CPR number of the representative")),
        Field(
            name="relation",
            label=gettext("By which authority"),
            kind="one_of_few",
            options=words("representation"),
        ),
        Field(
            name="period.from",
            label=gettext("From"),
            kind="date",
            hint=gettext("Leave empty for now."),
            optional=True,
        ),
        Field(name="period.until", label=gettext("To and with"), kind="date", day="ends"),
        Field(
            name="evidence_digest",
            label=gettext("Fingerprint of the document that shows it"),
            hint=gettext("SHA-256 of the document: 64 characters. The document itself stays with you."),
            kind="digest",
        ),
    )
    shared, form = head(visit, "", ""), Form(fields, number_of(visit))

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Appoint a representative"),
            subject=shared["name"],
            lead=gettext(
                "A representative sees the citizen's pages and acts for them: consents, withdraws and blocks. The"
                " citizen sees who it is and can end it."
            ),
            submit=gettext("Appoint"),
            back=back,
        )

    if visit.request.method == "GET" or not checked(form):
        return again()
    command = consents_pb2.AppointRepresentative(citizen=visit.path("citizen"))
    try:
        command.representative = numbered_citizen(visit, form)
    except Refused as refused:
        if refused.kind is not Kind.UNKNOWN:
            raise
        form.errors["identifier.value"] = gettext("find.NOBODY")
        return again()
    return record(visit, form, command, again, lambda _id: visit.go(back, "notice.REPRESENTATIVE_APPOINTED"))


def end(visit: Visit) -> Response:
    citizen, shared = visit.path("citizen"), head(visit, "", "")
    wanted = visit.path("representation")
    one = next((one for one in standing(visit).representations if one.id == wanted), None)
    if one is None:
        raise Refused(Kind.UNKNOWN, "REPRESENTATION_UNKNOWN", "")
    return confirm(
        visit,
        consents_pb2.EndRepresentation(citizen=citizen, representation=one.id),
        notice="notice.REPRESENTATION_ENDED",
        back=f"/citizens/{citizen}/consents",
        title=gettext("End a representation"),
        subject=" · ".join(filter(None, (shared["name"], named(one)))),
        lead=gettext("From the moment you press the button, they see nothing and can do nothing more."),
        submit=gettext("End it"),
        variant="warning",
    )


PAGES: Final = (
    Page("/citizens/{citizen}/representatives/new", appoint, CASEWORK, appoint),
    Page("/citizens/{citizen}/representatives/{representation}/end", end, CASEWORK | {"citizen"}, end),
)
