"""The directory's search: everything that was asked for stands in the address, so that it can be kept and shared.

Save what is told of a person whom nobody names: that is posted, and kept nowhere.
"""

import re
from datetime import datetime
from typing import Final

from babel.dates import get_day_names
from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway.pages.eligible import fact_fields, facts_of, verdict
from services.gateway.pages.organisations import READERS
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import HERE
from services.gateway.web.forms import Form, Option, words
from services.gateway.web.languages import language
from services.vocabulary import VOCABULARIES

DAY: Final = 24 * 60
"""Minutes."""
OPEN: Final = re.compile(r"([0-6])-([01][0-9]|2[0-3]):?([0-5][0-9])")
"""A day of the week and a time."""


def directory(visit: Visit) -> Response:
    question, form = asked(visit), Form(fact_fields(), visit.filled)
    if facts := facts_of(form):
        question.facts.CopyFrom(facts)
    answer = visit.ask(question, partners_pb2.ServiceList)
    organisations = []
    if question.query and not visit.query("page"):
        named = partners_pb2.ListOrganisations(query=question.query, page=common_pb2.PageRequest(size=20))
        organisations = list(visit.ask(named, partners_pb2.OrganisationList).organisations)
    return visit.page(
        "directory.html",
        services=answer.services,
        total=answer.total,
        next=answer.page.next,
        organisations=organisations,
        categories=words("category"),
        languages=words("spoken_language"),
        days=days(),
        form=form,
        facts=facts,
        verdict=verdict,
    )


def asked(visit: Visit) -> partners_pb2.SearchServices:
    """What is no value of its filter is not asked for."""
    age = visit.query("age")
    return partners_pb2.SearchServices(
        query=visit.query("q")[:200],
        category=known(visit, "category", "category"),
        area=visit.query("area")[:100],
        age=int(age) if re.fullmatch("[0-9]{1,3}", age) else 0,
        language=known(visit, "language", "spoken_language"),
        accessible=bool(visit.query("accessible")),
        open_at=minute_of_week(visit.query("day"), visit.query("at"), datetime.now(HERE)),
        with_room=bool(visit.query("room")),
        page=common_pb2.PageRequest(size=50, token=visit.query("page")),
    )


def known(visit: Visit, name: str, vocabulary: str) -> str:
    return visit.query(name) if visit.query(name) in VOCABULARIES[vocabulary] else ""


def minute_of_week(day: str, at: str, now: datetime) -> int | None:
    """Of a day, 0 to 6, at a time, or at noon where none is said; of `now`; None where no day is asked for."""
    if day == "now":
        return now.weekday() * DAY + now.hour * 60 + now.minute
    found = OPEN.fullmatch(f"{day}-{at or '12:00'}")
    return int(found[1]) * DAY + int(found[2]) * 60 + int(found[3]) if found else None


def days() -> list[Option]:
    names = get_day_names("wide", context="stand-alone", locale=language())
    return [Option(str(number), names[number].capitalize()) for number in range(7)]


PAGES: Final = (Page("/directory", directory, READERS, directory),)
