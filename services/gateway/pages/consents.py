"""Consents and legal bases of a citizen: see them, give one, withdraw one whole or in part."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from samspor.cases.v1 import cases_pb2
from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import READERS, head
from services.gateway.pages.forms import form_page, record
from services.gateway.pages.organisations import organisation_options
from services.gateway.person import PROFESSIONAL
from services.gateway.timeline import law, subject
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import HERE, moment
from services.gateway.web.forms import Field, Form, Option, choose, words
from services.gateway.web.languages import gettext, word

GIVERS: Final = PROFESSIONAL | {"citizen"}
ACTIVE: Final = ("active", "given")
NOTICE: Final = "2026-01"
"""Version of the notice that is read to, or by, the person who consents."""


def consents(visit: Visit) -> Response:
    shared = head(visit, "/consents", gettext("My consents"))
    bases = [shown(visit, one) for one in asked(visit)]
    active = [one for one in bases if one["status"] in ACTIVE]
    return visit.page(
        "consents.html",
        **shared,
        may_give=visit.who.role in GIVERS,
        consents=[one for one in active if one["kind"] != "statutory"],
        statutory=[one for one in active if one["kind"] == "statutory"],
        ended=[one for one in bases if one["status"] not in ACTIVE],
    )


def asked(visit: Visit) -> Iterable[consents_pb2.Basis]:
    question = consents_pb2.ListBases(citizen=visit.path("citizen"))
    return visit.ask(question, consents_pb2.BasisList).bases


def shown(visit: Visit, one: consents_pb2.Basis) -> dict[str, Any]:
    names = visit.organisations([one.organisation, *one.sources])
    ends = moment(one.period.until)
    return {
        "id": one.id,
        "kind": one.kind,
        "status": one.status,
        "organisation": names.get(one.organisation, ""),
        "categories": listed("category", one.categories),
        "purposes": listed("purpose", one.purposes),
        "why": law(one.law) if one.kind == "statutory" else word("basis_kind", one.kind),
        "sources": ", ".join(names.get(source, "") for source in one.sources),
        "begins": moment(getattr(one.period, "from")) or moment(one.since),
        # The record's end is exclusive: the last day is the one before it.
        "ends": ends - timedelta(days=1) if ends else None,
        "may_withdraw": one.kind != "statutory" and one.status in ACTIVE and visit.who.role in GIVERS,
    }


def listed(vocabulary: str, values: Iterable[str]) -> str:
    return ", ".join(word(vocabulary, value).lower() for value in values)


def give_form(visit: Visit) -> Form:
    today = datetime.now(HERE).date()
    proposed = {
        "grantee": [visit.query("grantee")],
        "categories": [one for one in visit.query("categories").split(",") if one],
        "purposes": [visit.query("purpose")] if visit.query("purpose") else [],
        "period.from": [today.isoformat()],
        "period.until": [(today + timedelta(days=365)).isoformat()],
        "kind": ["gdpr_consent"],
    }
    fields = (
        Field(
            name="grantee",
            label=gettext("Who may know"),
            hint=gettext("The organisation that the citizen lets read."),
            kind="one",
            options=choose(organisation_options(visit)),
        ),
        Field(
            name="categories",
            label=gettext("What they may read about"),
            hint=gettext("Choose only what is needed."),
            kind="many",
            options=words("category"),
        ),
        Field(
            name="purposes",
            label=gettext("What for"),
            kind="many",
            options=words("purpose", ("casework", "coordination", "mentoring", "treatment", "housing_support")),
        ),
        Field(name="period.from", label=gettext("From"), kind="date"),
        Field(
            name="period.until",
            label=gettext("To and with"),
            hint=gettext("A year at most is usual. The consent can be withdrawn on any day before."),
            kind="date",
            day="ends",
        ),
        Field(
            name="kind",
            label=gettext("Kind of consent"),
            hint=gettext(
                "Choose a consent in a case when an authority collects or passes on information in that case."
            ),
            kind="one_of_few",
            options=words("consent_kind"),
        ),
        *((case_field(visit),) if visit.who.role in PROFESSIONAL else ()),
        Field(name="given_how", label=gettext("How it was given"), kind="one_of_few", options=words("given_how")),
    )
    if visit.who.role == "citizen":
        fields = tuple(one for one in fields if one.name not in ("given_how", "kind"))
    return Form(fields, visit.filled or proposed)


def case_field(visit: Visit) -> Field:
    """A procedural consent is given in one case."""
    answer = visit.ask(cases_pb2.ListCases(citizen=visit.path("citizen")), cases_pb2.CaseList)
    options = [Option(one.id, subject(one.subject_code)) for one in answer.cases]
    return Field(
        name="case",
        label=gettext("In which case"),
        hint=gettext("Only for a consent in a case."),
        kind="one",
        options=choose(options),
        optional=True,
    )


def give(visit: Visit) -> Response:
    form = give_form(visit)
    back = f"/citizens/{visit.path('citizen')}/consents"
    shared = head(visit, "", "")

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Give a consent") if visit.who.role == "citizen" else gettext("Record a consent"),
            subject=shared["name"],
            lead=gettext(
                "A consent is voluntary. It can be withdrawn at any time, and what was read before stays on record."
            ),
            submit=gettext("Save the consent"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    given = {"citizen": visit.path("citizen"), "notice_version": NOTICE}
    if visit.who.role == "citizen":
        given |= {"given_how": "digital", "kind": "gdpr_consent"}
    return record(
        visit, form, consents_pb2.GiveConsent(), again, lambda _id: visit.go(back, "notice.CONSENT_GIVEN"), **given
    )


def withdraw(visit: Visit) -> Response:
    citizen, back = visit.path("citizen"), f"/citizens/{visit.path('citizen')}/consents"
    shared = head(visit, "", "")
    basis = next((one for one in asked(visit) if one.id == visit.path("consent")), None)
    if basis is None or basis.kind == "statutory" or basis.status not in ACTIVE:
        raise Refused(Kind.UNKNOWN, "CONSENT_UNKNOWN", "")
    organisation = visit.organisations([basis.organisation]).get(basis.organisation, "")
    field = Field(
        name="categories",
        label=gettext("What is withdrawn"),
        hint=gettext("Leave all marked to withdraw the whole consent."),
        kind="many",
        options=words("category", list(basis.categories)),
    )
    form = Form((field,), visit.filled or {"categories": list(basis.categories)})

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Withdraw a consent"),
            subject=f"{shared['name']} → {organisation}" if shared["name"] else organisation,
            lead=gettext(
                "From the moment you press the button, %(organisation)s cannot read it any more.",
                organisation=organisation,
            ),
            submit=gettext("Withdraw"),
            variant="warning",
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    if not form.values("categories"):
        form.errors["categories"] = gettext("violation.FIELD_REQUIRED")
        return again()
    if set(form.values("categories")) >= set(basis.categories):
        form.filled = {key: value for key, value in form.filled.items() if key != "categories"}
    return record(
        visit,
        form,
        consents_pb2.WithdrawConsent(),
        again,
        lambda _id: visit.go(back, "notice.CONSENT_WITHDRAWN"),
        citizen=citizen,
        consent=basis.id,
    )


PAGES: Final = (
    Page("/citizens/{citizen}/consents", consents, READERS),
    Page("/citizens/{citizen}/consents/new", give, GIVERS, give),
    Page("/citizens/{citizen}/consents/{consent}/withdraw", withdraw, GIVERS, withdraw),
)
