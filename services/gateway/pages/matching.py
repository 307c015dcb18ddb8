"""Find help: which services fit what is needed, and why. Nobody is named, and nothing is kept.

From a case, its category and the area of the address are filled in, and each answer leads on to a referral.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from samspor.cases.v1 import cases_pb2
from samspor.consents.v1 import consents_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.pages.eligible import fact_fields, facts_of, verdict
from services.gateway.pages.open_services import ask_path, takes_self_referral
from services.gateway.pages.room import rooms
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Filled, Form, words
from services.gateway.web.languages import gettext
from services.vocabulary import VOCABULARIES


def find_help(visit: Visit) -> Response:
    return found(visit, visit.filled, back=("/directory", gettext("Directory")))


def for_citizen(visit: Visit) -> Response:
    return of(visit, visit.path("citizen"), None)


def for_case(visit: Visit) -> Response:
    case = visit.ask(cases_pb2.GetCase(case=visit.path("case")), cases_pb2.Case)
    return of(visit, case.citizen, case)


def of(visit: Visit, citizen: str, case: cases_pb2.Case | None) -> Response:
    """Only the postal code of the address is asked for, and only what a reader sees in the form is sent on."""
    question = consents_pb2.Identify(citizens=[citizen], purpose=visit.purpose, area=True)
    (known,) = visit.ask(question, consents_pb2.Identified).identities
    if not known.name and case is None:
        return refusals.not_found(visit)
    category = case.category if case and case.category != "administrative" else ""
    proposed = {"category": [category], "postal_code": [known.postal_code]}
    back = (f"/cases/{case.id}", gettext("Case")) if case else (f"/citizens/{citizen}", gettext("To the timeline"))
    return found(visit, visit.filled or proposed, back=back, citizen=citizen, case=case, name=known.name)


def found(visit: Visit, filled: Filled, *, back: tuple[str, str], **about: Any) -> Response:
    """What is needed may be about somebody, so it is posted: it stands in no address, and in no log of addresses."""
    form = Form(fact_fields(), filled)
    question = question_of(form)
    asked = bool(question.need.strip() or question.category)
    answer = visit.ask(question, partners_pb2.MatchList) if asked else partners_pb2.MatchList()
    shown = [*answer.matches, *answer.misses]
    return visit.page(
        "matching.html",
        asked=asked,
        form=form,
        back=back,
        name=about.get("name", ""),
        facts=question.HasField("facts"),
        verdict=verdict,
        matches=answer.matches,
        misses=answer.misses,
        room=rooms(visit, services=[one.service.id for one in shown]) if shown else {},
        refer=ways_to(visit, shown, question, about),
        categories=words("category"),
        degrees=words("collaboration_degree"),
    )


def question_of(form: Form) -> partners_pb2.MatchPartners:
    """What cannot be read is not asked for."""
    category, degree, age = form.value("category"), form.value("degree"), form.value("age")
    return partners_pb2.MatchPartners(
        need=form.value("need")[:200],
        category=category if category in VOCABULARIES["category"] else "",
        postal_code=form.value("postal_code")[:10],
        age=int(age) if age.isdecimal() and len(age) < 4 else 0,
        degree=degree if degree in VOCABULARIES["collaboration_degree"] else "",
        facts=facts_of(form),
    )


def ways_to(
    visit: Visit, shown: Iterable[partners_pb2.Match], question: partners_pb2.MatchPartners, about: Mapping[str, Any]
) -> dict[str, str]:
    """Service -> where the reader goes on from it."""
    if visit.who.role == "citizen":
        return {one.service.id: ask_path(one.service) for one in shown if takes_self_referral(one.service)}
    return referrals_to(shown, question, about) if visit.who.role in PROFESSIONAL else {}


def referrals_to(
    shown: Iterable[partners_pb2.Match], question: partners_pb2.MatchPartners, about: Mapping[str, Any]
) -> dict[str, str]:
    """Service -> the form of a referral to it, filled in; none where nobody is helped yet."""
    if "citizen" not in about:
        return {}
    case = about["case"].id if about["case"] else ""
    shared = {"case": case, "categories": question.category}
    return {
        one.service.id: f"/citizens/{about['citizen']}/referrals/new?"
        + urlencode({"recipient": one.service.organisation, "service": one.service.id, **shared})
        for one in shown
    }


PAGES: Final = (
    Page("/find-help", find_help, PROFESSIONAL | {"partner_administrator", "citizen"}, find_help),
    Page("/citizens/{citizen}/find-help", for_citizen, PROFESSIONAL, for_citizen),
    Page("/cases/{case}/find-help", for_case, PROFESSIONAL, for_case),
)
