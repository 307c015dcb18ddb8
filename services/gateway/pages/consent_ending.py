"""How a consent ends: withdrawn whole or in part, found invalid, acknowledged by whom it was given to; and who had
already seen what."""

from typing import Any, Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.host.errors import Refused
from services.gateway.pages.citizen import bases, counted, head
from services.gateway.pages.consent_giving import GIVERS, consents_of, one_of
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.person import CASEWORK, PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext

STANDING: Final = ("given", "awaited")
OVER: Final = ("withdrawn", "invalidated")
SEEING: Final = CASEWORK | {"auditor", "citizen"}


def withdraw(visit: Visit) -> Response:
    basis, back = one_of(visit, STANDING, "CONSENT_UNKNOWN"), consents_of(visit)
    subject, organisation = about(visit, basis)
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
            subject=subject,
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
        consents_pb2.WithdrawConsent(consent=basis.id),
        again,
        lambda _id: visit.go(back, "notice.CONSENT_WITHDRAWN"),
        citizen=visit.path("citizen"),
    )


def about(visit: Visit, basis: consents_pb2.Basis) -> tuple[str, str]:
    """(whose consent to whom, to whom)."""
    organisation = visit.organisations([basis.organisation]).get(basis.organisation, "")
    name = head(visit, "", "")["name"]
    return f"{name} → {organisation}" if name else organisation, organisation


def invalidate(visit: Visit) -> Response:
    basis, back = one_of(visit, STANDING, "CONSENT_UNKNOWN"), consents_of(visit)
    subject, organisation = about(visit, basis)
    ground = Field(name="ground", label=gettext("Why"), kind="one_of_few", options=words("invalidation_ground"))
    form = Form((ground,), visit.filled)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Find a consent invalid"),
            subject=subject,
            lead=gettext(
                "It never was a consent, so %(organisation)s cannot rely on it from now on. What was read before stays"
                " on record. It cannot be undone; a new consent can be given.",
                organisation=organisation,
            ),
            submit=gettext("Find it invalid"),
            variant="warning",
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.InvalidateConsent(consent=basis.id),
        again,
        lambda _id: visit.go(back, "notice.CONSENT_INVALIDATED"),
        citizen=visit.path("citizen"),
    )


def acknowledge(visit: Visit) -> Response:
    """Whoever held the consent may have nothing else to do with the citizen any more, and acknowledges all the same."""
    citizen, consent = visit.path("citizen"), visit.path("consent")
    try:
        bases(visit)
        back = consents_of(visit)
    except Refused:
        back = "/"
    return confirm(
        visit,
        consents_pb2.AcknowledgeWithdrawal(citizen=citizen, consent=consent),
        notice="notice.WITHDRAWAL_ACKNOWLEDGED",
        back=back,
        title=gettext("Acknowledge a withdrawal"),
        subject=head(visit, "", "")["name"],
        lead=gettext(
            "You confirm that your organisation has understood that it may not rely on this consent any more, and has"
            " told those who work on it."
        ),
        submit=gettext("We have understood"),
    )


def seen(visit: Visit) -> Response:
    shared = head(visit, "/consents", gettext("Who had already seen what"))
    question = consents_pb2.SeenUnder(citizen=visit.path("citizen"), consent=visit.path("consent"))
    answer = visit.ask(question, consents_pb2.SeenUnderConsent)
    names = visit.organisations(one.organisation for one in answer.organisations)
    return visit.page("seen.html", **shared, rows=[seen_by(one, names) for one in answer.organisations])


def seen_by(one: consents_pb2.SeenBy, names: Any) -> dict[str, Any]:
    return {
        "organisation": names.get(one.organisation, ""),
        "readings": one.readings,
        "first": moment(one.first),
        "last": moment(one.last),
        "seen": counted(one.seen),
        "entries": len(one.entries),
    }


PAGES: Final = (
    Page("/citizens/{citizen}/consents/{consent}/withdraw", withdraw, GIVERS, withdraw),
    Page("/citizens/{citizen}/consents/{consent}/invalidate", invalidate, CASEWORK | {"auditor"}, invalidate),
    Page("/citizens/{citizen}/consents/{consent}/acknowledge", acknowledge, PROFESSIONAL, acknowledge),
    Page("/citizens/{citizen}/consents/{consent}/seen", seen, SEEING),
)
