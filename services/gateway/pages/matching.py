"""Find help: which services fit what is needed, and why. Nobody is named, and nothing is kept."""

from typing import Final

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway.pages.eligible import fact_fields, facts_of, verdict
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Form, words
from services.vocabulary import VOCABULARIES


def find_help(visit: Visit) -> Response:
    """What is needed may be about somebody, so it is posted: it stands in no address, and in no log of addresses."""
    form = Form(fact_fields(), visit.filled)
    category, degree, age = form.value("category"), form.value("degree"), form.value("age")
    question = partners_pb2.MatchPartners(
        need=form.value("need")[:200],
        category=category if category in VOCABULARIES["category"] else "",
        postal_code=form.value("postal_code")[:10],
        age=int(age) if age.isdecimal() and len(age) < 4 else 0,
        degree=degree if degree in VOCABULARIES["collaboration_degree"] else "",
    )
    if facts := facts_of(form):
        question.facts.CopyFrom(facts)
    asked = bool(question.need.strip() or question.category)
    answer = visit.ask(question, partners_pb2.MatchList) if asked else partners_pb2.MatchList()
    return visit.page(
        "matching.html",
        asked=asked,
        form=form,
        facts=facts,
        verdict=verdict,
        matches=answer.matches,
        misses=answer.misses,
        categories=words("category"),
        degrees=words("collaboration_degree"),
    )


PAGES: Final = (Page("/find-help", find_help, PROFESSIONAL | {"partner_administrator"}, find_help),)
