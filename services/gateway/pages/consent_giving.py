"""How a consent comes about: given, asked for, answered, renewed."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import bases, head
from services.gateway.pages.consent_terms import (
    NOTICE,
    USUAL,
    fields_of_giving,
    fields_of_terms,
    last_day,
    proposed,
    sign,
)
from services.gateway.pages.forms import form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import HERE, last_day_of, long_date
from services.gateway.web.forms import Field, Form, Option, words
from services.gateway.web.languages import gettext, listed, word

GIVERS: Final = PROFESSIONAL | {"citizen"}
RENEWABLE: Final = ("given", "awaited", "expired")


def give(visit: Visit) -> Response:
    is_citizen = visit.who.role == "citizen"
    form = Form((*fields_of_terms(visit), *fields_of_giving(visit)), visit.filled or proposed(visit))
    command = consents_pb2.GiveConsent(kind="gdpr_consent", notice_version=NOTICE)
    title = gettext("Give a consent") if is_citizen else gettext("Record a consent")
    return page_of_terms(
        visit, form, command, title=title, submit=gettext("Save the consent"), notice="notice.CONSENT_GIVEN"
    )


def ask(visit: Visit) -> Response:
    form = Form(fields_of_terms(visit), visit.filled or proposed(visit))
    return page_of_terms(
        visit,
        form,
        consents_pb2.RequestConsent(notice_version=NOTICE),
        title=gettext("Ask for consent"),
        submit=gettext("Ask the citizen"),
        notice="notice.CONSENT_REQUESTED",
        warning=gettext("Nothing can be read on a question. The citizen can say yes, yes to less, or no."),
    )


def page_of_terms(
    visit: Visit,
    form: Form,
    command: consents_pb2.GiveConsent | consents_pb2.RequestConsent,
    *,
    notice: str,
    **shown: Any,
) -> Response:
    """`shown`: as form_page."""
    back, shared = consents_of(visit), head(visit, "", "")

    def again() -> Response:
        lead = gettext(
            "A consent is voluntary. It can be withdrawn at any time, and what was read before stays on record."
        )
        return form_page(visit, form, subject=shared["name"], lead=lead, back=back, **shown)

    if visit.request.method == "GET":
        return again()
    if isinstance(command, consents_pb2.GiveConsent):
        sign(visit, command)
    return record(visit, form, command, again, lambda _id: visit.go(back, notice), citizen=visit.path("citizen"))


def answer(visit: Visit) -> Response:
    """Yes, yes to less, or no: one form, and two buttons that look alike."""
    asked, shared = one_of(visit, ("requested",), "REQUEST_UNKNOWN"), head(visit, "", "")
    back, organisation = consents_of(visit), visit.organisations([asked.organisation]).get(asked.organisation, "")
    form = Form((*narrower(asked), last_day(), *fields_of_giving(visit)), visit.filled or as_asked(asked))

    def page(shown: Form) -> Response:
        return form_page(
            visit,
            shown,
            title=gettext("Answer a request") if visit.who.role == "citizen" else gettext("Record the answer"),
            subject=shared["name"],
            lead=gettext(
                "%(organisation)s asks to read about what is marked. Saying no takes no help away that the law gives.",
                organisation=organisation,
            ),
            facts=facts_of(visit, asked),
            submit="",
            answers=(
                Option("yes", gettext("Yes to what is marked")),
                Option("no", gettext("No, they may not read it")),
            ),
            back=back,
        )

    if visit.request.method == "GET":
        return page(form)
    citizen = visit.path("citizen")
    if form.value("answer") == "no":
        refusal = Form((), visit.filled)
        return record(
            visit,
            refusal,
            consents_pb2.RefuseConsent(citizen=citizen, request=asked.id),
            lambda: page(replace(form, errors=refusal.errors)),
            lambda _id: visit.go(back, "notice.CONSENT_REFUSED"),
        )
    given = terms_kept(asked)
    given.request = asked.id
    sign(visit, given)
    begins = getattr(asked.period, "from")
    if begins.ToDatetime(UTC) > datetime.now(UTC):
        getattr(given.period, "from").CopyFrom(begins)

    def within() -> None:
        # The last day of the form ends at midnight; what was asked for may end earlier on it.
        if form.values("period.until") == as_asked(asked)["period.until"]:
            given.period.until.CopyFrom(asked.period.until)

    return record(
        visit,
        form,
        given,
        lambda: page(form),
        lambda _id: visit.go(back, "notice.CONSENT_GIVEN"),
        within=within,
        citizen=citizen,
    )


def renew(visit: Visit) -> Response:
    old = one_of(visit, RENEWABLE, "CONSENT_UNKNOWN")
    organisation = visit.organisations([old.organisation]).get(old.organisation, "")
    subject = " → ".join(filter(None, (head(visit, "", "")["name"], organisation)))
    back, until = consents_of(visit), (datetime.now(HERE).date() + USUAL).isoformat()
    filled = visit.filled or as_asked(old) | {"period.until": [until]}
    form = Form((*narrower(old), last_day(), *fields_of_giving(visit)), filled)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Renew a consent"),
            subject=subject,
            lead=gettext("The new consent begins now, and the old one ends where it begins."),
            facts=facts_of(visit, old),
            submit=gettext("Renew"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    command = terms_kept(old)
    command.renews = old.id
    sign(visit, command)
    return record(
        visit,
        form,
        command,
        again,
        lambda _id: visit.go(back, "notice.CONSENT_RENEWED"),
        citizen=visit.path("citizen"),
    )


def consents_of(visit: Visit) -> str:
    return f"/citizens/{visit.path('citizen')}/consents"


def one_of(visit: Visit, statuses: tuple[str, ...], otherwise: str) -> consents_pb2.Basis:
    """The consent, or the request, of the address. Raises Refused with the reason `otherwise`."""
    wanted = visit.path("consent")
    found = next((one for one in bases(visit) if one.id == wanted and one.status in statuses), None)
    if found is None or found.kind not in ("gdpr_consent", "procedural_consent"):
        raise Refused(Kind.UNKNOWN, otherwise, "")
    return found


def narrower(terms: consents_pb2.Basis) -> tuple[Field, ...]:
    """Fields in which terms can be made less; of one purpose alone nothing can be taken."""
    lists = [("categories", gettext("What they may read about"), words("category", list(terms.categories)))]
    if len(terms.purposes) > 1:
        lists.append(("purposes", gettext("What for"), words("purpose", list(terms.purposes))))
    hint = gettext("Take the mark from what they shall not read.")
    return tuple(
        Field(name=name, label=label, hint=hint if name == "categories" else "", kind="many", options=options)
        for name, label, options in lists
    )


def as_asked(terms: consents_pb2.Basis) -> dict[str, list[str]]:
    """The terms as a form is filled with them."""
    ends = last_day_of(terms.period.until)
    return {
        "categories": list(terms.categories),
        "purposes": list(terms.purposes),
        "period.until": [ends.date().isoformat()] if ends else [],
    }


def terms_kept(terms: consents_pb2.Basis) -> consents_pb2.GiveConsent:
    """What an answer or a renewal cannot change."""
    return consents_pb2.GiveConsent(
        kind=terms.kind,
        grantee=terms.organisation,
        sources=terms.sources,
        case=terms.case,
        purposes=terms.purposes if len(terms.purposes) == 1 else (),
        notice_version=NOTICE,
    )


def facts_of(visit: Visit, terms: consents_pb2.Basis) -> list[tuple[str, str]]:
    """What the form of an answer or a renewal does not ask."""
    names, ends = visit.organisations(terms.sources), last_day_of(terms.period.until)
    facts = [
        (gettext("What for"), listed("purpose", terms.purposes) if len(terms.purposes) == 1 else ""),
        (gettext("Written by"), ", ".join(names.get(one, "") for one in terms.sources)),
        (gettext("Kind of consent"), word("consent_kind", terms.kind) if terms.case else ""),
        (gettext("To and with"), long_date(ends) if ends else ""),
    ]
    return [(label, text) for label, text in facts if text]


PAGES: Final = (
    Page("/citizens/{citizen}/consents/new", give, GIVERS, give),
    Page("/citizens/{citizen}/consents/ask", ask, PROFESSIONAL, ask),
    Page("/citizens/{citizen}/consents/{consent}/answer", answer, GIVERS, answer),
    Page("/citizens/{citizen}/consents/{consent}/renew", renew, GIVERS, renew),
)
