"""The terms of a consent as fields of a form: who may know what, what for and for how long; and how it was given."""

from datetime import datetime, timedelta
from typing import Final

from samspor.cases.v1 import cases_pb2
from samspor.consents.v1 import consents_pb2

from services.gateway.pages.organisations import organisation_options
from services.gateway.pages.representatives import in_force, named
from services.gateway.person import PROFESSIONAL
from services.gateway.timeline import subject
from services.gateway.visit import Visit
from services.gateway.web.dates import HERE
from services.gateway.web.forms import Field, Option, choose, words
from services.gateway.web.languages import gettext

NOTICE: Final = "2026-01"
"""Version of the notice that is read to, or by, the person who consents."""
USUAL: Final = timedelta(days=365)
PURPOSES: Final = ("casework", "coordination", "mentoring", "treatment", "housing_support")
"""What a consent can be for; an audit and the own access need none."""


def proposed(visit: Visit) -> dict[str, list[str]]:
    """What the address proposes (a withheld entry leads here), for a year from today."""
    today = datetime.now(HERE).date()
    return {
        "grantee": [visit.query("grantee")],
        "categories": [one for one in visit.query("categories").split(",") if one],
        "purposes": [visit.query("purpose")] if visit.query("purpose") else [],
        "period.from": [today.isoformat()],
        "period.until": [(today + USUAL).isoformat()],
        "kind": ["gdpr_consent"],
    }


def fields_of_terms(visit: Visit) -> tuple[Field, ...]:
    """A citizen gives no consent in a case of an authority on their own: the authority asks for it."""
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
        Field(name="purposes", label=gettext("What for"), kind="many", options=words("purpose", PURPOSES)),
        Field(name="period.from", label=gettext("From"), kind="date"),
        last_day(),
    )
    return (*fields, kind_field(), case_field(visit)) if visit.who.role in PROFESSIONAL else fields


def last_day() -> Field:
    return Field(
        name="period.until",
        label=gettext("To and with"),
        hint=gettext("A year at most is usual. The consent can be withdrawn on any day before."),
        kind="date",
        day="ends",
    )


def kind_field() -> Field:
    return Field(
        name="kind",
        label=gettext("Kind of consent"),
        hint=gettext("Choose a consent in a case when an authority collects or passes on information in that case."),
        kind="one_of_few",
        options=words("consent_kind"),
    )


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


def fields_of_giving(visit: Visit) -> tuple[Field, ...]:
    """How somebody who records a consent for a citizen got it; a citizen's own is given by pressing the button."""
    if visit.who.role not in PROFESSIONAL:
        return ()
    fields = (
        Field(name="given_how", label=gettext("How it was given"), kind="one_of_few", options=words("given_how")),
        Field(
            name="evidence_digest",
            label=gettext("Fingerprint of the evidence"),
            hint=gettext("SHA-256 of the signed document, the recording or the witness note: 64 characters."),
            kind="digest",
            optional=True,
        ),
    )
    return (*fields, *said_by(visit))


def said_by(visit: Visit) -> tuple[Field, ...]:
    """Only where somebody may act for the citizen."""
    acting = in_force(visit)
    if not acting:
        return ()
    options = [Option("", gettext("The citizen")), *(Option(one.id, named(one)) for one in acting)]
    return (Field(name="representation", label=gettext("Who says it"), kind="one", options=tuple(options)),)


def sign(visit: Visit, consent: consents_pb2.GiveConsent) -> None:
    """Who presses the button consents, or somebody by whom they are represented; staff say in the form how it was."""
    if visit.who.role not in PROFESSIONAL:
        acting = (one.id for one in in_force(visit) if one.representative == visit.who.person)
        consent.given_how, consent.representation = "digital", next(acting, "")
