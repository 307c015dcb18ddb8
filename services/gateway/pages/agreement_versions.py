"""What an agreement has said and come to over time: its versions side by side, and the results of its goals."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import last_day_of, long_date, moment
from services.gateway.web.languages import gettext, word

READERS: Final = PROFESSIONAL | {"partner_administrator", "auditor"}


class Result(NamedTuple):
    time: datetime | None
    result: str
    figure: str
    note: str


class Difference(NamedTuple):
    label: str
    gone: list[str]
    new: list[str]


def results_of(one: partners_pb2.Agreement) -> dict[str, list[Result]]:
    """Goal -> its results, the oldest first. A goal that is reworded is another goal."""
    found: dict[str, list[Result]] = {}
    for step in one.history:
        for each in step.results:
            made = Result(moment(step.time), each.result, each.figure, each.note)
            found.setdefault(each.goal, []).append(made)
    return found


def versions_of(one: partners_pb2.Agreement) -> dict[int, partners_pb2.AgreementStep]:
    """Number of the terms -> the step that brought them."""
    return {step.revision: step for step in one.history if step.HasField("terms")}


def lines(terms: partners_pb2.AgreementTerms, names: Mapping[str, str]) -> dict[str, list[str]]:
    """The terms in words: label -> what stands under it."""
    days = [moment(getattr(terms.period, "from")), last_day_of(terms.period.until)]
    said = {
        gettext("What the agreement is called"): [terms.title],
        gettext("How close you work together"): [word("collaboration_degree", terms.degree)],
        gettext("What for"): [terms.purpose],
        gettext("Period"): [" – ".join(long_date(day) for day in days if day)],
        gettext("Goals"): [" · ".join(filter(None, (g.title, g.indicator, g.target))) for g in terms.goals],
    }
    for party, name in names.items():
        said[gettext("What %(name)s does", name=name)] = [
            each.text for each in terms.commitments if each.organisation == party
        ]
    said[gettext("Social clauses")] = list(terms.social_clauses)
    said[gettext("Reviews")] = [long_date(day) for day in map(moment, terms.review_dates) if day]
    for party, name in names.items():
        said[gettext("How %(name)s is reached", name=name)] = [
            " · ".join(filter(None, (each.name, each.email, each.phone)))
            for each in terms.contacts
            if each.organisation == party
        ]
    return said


def differences(before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]]) -> list[Difference]:
    """Only what is not the same; the order of a list is no difference."""
    found = []
    for label, texts in after.items():
        old, new = list(filter(None, before.get(label, ()))), list(filter(None, texts))
        one = Difference(label, [text for text in old if text not in new], [text for text in new if text not in old])
        if one.gone or one.new:
            found.append(one)
    return found


def compare(visit: Visit) -> Response:
    """`from` and `to` are numbers of terms; without them the newest and those before."""
    one = visit.ask(partners_pb2.GetAgreement(agreement=visit.path("agreement")), partners_pb2.Agreement)
    names = {party: visit.organisations(one.parties).get(party, "") for party in one.parties}
    versions = versions_of(one)
    before, after = chosen(visit, "from", max(1, one.revision - 1)), chosen(visit, "to", one.revision)
    if before not in versions or after not in versions:
        return refusals.not_found(visit)
    return visit.page(
        "agreement_compare.html",
        one=one,
        versions=[version(number, step, names) for number, step in versions.items()],
        before=before,
        after=after,
        changes=differences(lines(versions[before].terms, names), lines(versions[after].terms, names)),
    )


def chosen(visit: Visit, name: str, fallback: int) -> int:
    text = visit.query(name)
    return int(text) if text.isdecimal() and len(text) < 6 else fallback


def version(number: int, step: partners_pb2.AgreementStep, names: Mapping[str, str]) -> dict[str, Any]:
    return {"number": number, "time": moment(step.time), "by": names.get(step.organisation, "")}


PAGES: Final = (Page("/agreements/{agreement}/compare", compare, READERS),)
