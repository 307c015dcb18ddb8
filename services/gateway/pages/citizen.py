"""A citizen's timeline, and who has looked."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from samspor.referrals.v1 import referrals_pb2
from samspor.timeline.v1 import timeline_pb2
from starlette.responses import Response

from services.gateway.pages.referral_steps import STEPS
from services.gateway.person import CASEWORK, PROFESSIONAL
from services.gateway.timeline import months, organisations_of, subject
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import day_ends, day_starts, moment, month_name, stamp
from services.gateway.web.languages import gettext, word
from services.vocabulary import VOCABULARIES

READERS: Final = PROFESSIONAL | {"auditor", "citizen"}
FILTERS: Final = ("category", "organisation", "source", "from", "until")


def head(visit: Visit, here: str, own_heading: str) -> dict[str, Any]:
    """What the head of each page about a citizen needs. Whether one citizen may see another's page, as somebody who
    acts for them, consents decides."""
    citizen, oneself = visit.path("citizen"), is_oneself(visit)
    if visit.who.role == "citizen" and not oneself:
        bases(visit)
    name = "" if oneself else visit.names([citizen]).get(citizen, "")
    return {"citizen": citizen, "name": name, "here": here, "own_heading": own_heading, "oneself": oneself}


def is_oneself(visit: Visit) -> bool:
    """Whether the page is about the one who reads it."""
    return visit.who.role == "citizen" and visit.path("citizen") == visit.who.person


def bases(visit: Visit) -> Sequence[consents_pb2.Basis]:
    """Consents, requests for them, and other bases. Raises Refused."""
    return visit.ask(consents_pb2.ListBases(citizen=visit.path("citizen")), consents_pb2.BasisList).bases


def standing(visit: Visit) -> consents_pb2.Standing:
    """Blocks, representatives and emergencies. Raises Refused."""
    return visit.ask(consents_pb2.GetStanding(citizen=visit.path("citizen")), consents_pb2.Standing)


def timeline(visit: Visit) -> Response:
    question, problem = asked(visit)
    answer = visit.ask(question, timeline_pb2.Timeline)
    shared = head(visit, "", gettext("My timeline"))
    organisations = visit.organisations({*organisations_of(answer.entries), *answer.organisations})
    chosen = [visit.query(name) for name in FILTERS if visit.query(name)]
    people = visit.site.directory.colleagues(visit)
    return visit.page(
        "timeline.html",
        **shared,
        months=months(answer.entries, organisations, people),
        month_name=month_name,
        next=answer.page.next,
        open_cases=open_cases(visit) if visit.who.role in PROFESSIONAL else [],
        running=running(visit) if visit.who.role in PROFESSIONAL else [],
        asked_for=asked_for(visit) if visit.who.role == "citizen" else 0,
        represented=represented(visit) if is_oneself(visit) else [],
        categories=sorted(answer.categories or VOCABULARIES["category"], key=lambda one: word("category", one)),
        organisations=sorted(((one, organisations.get(one, "")) for one in answer.organisations), key=lambda o: o[1]),
        sources=VOCABULARIES["source"],
        filtered=len(chosen),
        chosen=described(visit, organisations),
        problem=problem,
    )


def asked(visit: Visit) -> tuple[timeline_pb2.GetTimeline, str]:
    """The question that the address puts, and what of it could not be read."""
    question = timeline_pb2.GetTimeline(
        citizen=visit.path("citizen"),
        purpose=visit.purpose,
        page=common_pb2.PageRequest(size=50, token=visit.query("page")),
    )
    for name, target, known in (
        ("category", question.categories, VOCABULARIES["category"]),
        ("organisation", question.organisations, None),
        ("source", question.sources, VOCABULARIES["source"]),
    ):
        values = visit.request.query_params.getlist(name)
        target.extend(value for value in values if value and (known is None or value in known))
    problem = ""
    begins, ends = day(visit.query("from")), day(visit.query("until"))
    if (visit.query("from") and not begins) or (visit.query("until") and not ends):
        problem = gettext("A date could not be read and was left out. Write it as 2026-06-08.")
    if begins and ends and ends < begins:
        return question, gettext("The period ends before it begins, so it was left out.")
    if begins:
        getattr(question.period, "from").CopyFrom(stamp(day_starts(begins)))
    if ends:
        question.period.until.CopyFrom(stamp(day_ends(ends)))
    return question, problem


def day(text: str) -> date | None:
    """A date of the address. The years are those that a timestamp can hold with a day to spare."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(1900, 1, 1) <= found <= date(2999, 12, 31) else None


def described(visit: Visit, organisations: Any) -> str:
    """The filter in words, for a list that it leaves empty."""
    parts = []
    if category := visit.query("category"):
        parts.append(word("category", category))
    if organisation := visit.query("organisation"):
        parts.append(organisations.get(organisation, "") or gettext("an organisation that is not in the directory"))
    if source := visit.query("source"):
        parts.append(word("source", source))
    parts += [visit.query(name) for name in ("from", "until") if visit.query(name)]
    return ", ".join(parts) or gettext("an older page")


def open_cases(visit: Visit) -> list[dict[str, str]]:
    """Open cases of this citizen that the person's organisation takes part in."""
    question = cases_pb2.ListCases(citizen=visit.path("citizen"), status="open")
    answer = visit.ask(question, cases_pb2.CaseList)
    return [{"id": one.id, "subject": subject(one.subject_code)} for one in answer.cases]


def running(visit: Visit) -> list[str]:
    """Referrals about this citizen that the person's organisation works on: contacts are reported on them."""
    question = referrals_pb2.ListReferrals(box="inbox", citizen=visit.path("citizen"))
    answer = visit.ask(question, referrals_pb2.ReferralList)
    return [one.id for one in answer.referrals if one.status in STEPS["contact"].statuses]


def represented(visit: Visit) -> list[dict[str, str]]:
    """The citizens whom this one may act for now."""
    question = consents_pb2.ListRepresented(page=common_pb2.PageRequest(size=50))
    found = visit.ask(question, consents_pb2.RepresentedList).citizens
    names = visit.names(one.citizen for one in found)
    return [
        {"id": one.citizen, "name": names.get(one.citizen, ""), "relation": word("representation", one.relation)}
        for one in found
    ]


def asked_for(visit: Visit) -> int:
    """Consents that the citizen is asked for and has not answered yet."""
    return sum(one.status == "requested" for one in bases(visit))


def looked(visit: Visit) -> Response:
    question = consents_pb2.ListAccess(
        citizen=visit.path("citizen"), page=common_pb2.PageRequest(size=50, token=visit.query("page"))
    )
    answer = visit.ask(question, consents_pb2.AccessList)
    organisations = visit.organisations(one.organisation for one in answer.accesses)
    people = visit.site.directory.colleagues(visit)
    accesses = [
        {
            "time": moment(alike[0].time),
            "times": len(alike),
            "organisation": organisations.get(alike[0].organisation, ""),
            "actor": people.get(alike[0].actor, ""),
            "purpose": alike[0].purpose,
            "seen": counted(alike[0].seen),
            "withheld": counted(alike[0].withheld),
        }
        for alike in looks(answer.accesses)
    ]
    shared = head(visit, "/looked", gettext("Who looked"))
    return visit.page("looked.html", **shared, accesses=accesses, next=answer.page.next)


def looks(accesses: Iterable[consents_pb2.Access]) -> list[list[consents_pb2.Access]]:
    """Readings one after another that are alike in all but their time, together: a page and its tabs are many."""

    def same(one: consents_pb2.Access) -> tuple[object, ...]:
        return one.organisation, one.actor, one.purpose, sorted(one.seen.items()), sorted(one.withheld.items())

    return [list(alike) for _, alike in groupby(accesses, same)]


def counted(classes: Any) -> str:
    """family (3), housing (1)."""
    return numbered("category", classes)


def numbered(vocabulary: str, numbers: Any) -> str:
    """Words of a list, each with its number."""
    return ", ".join(f"{word(vocabulary, one).lower()} ({numbers[one]})" for one in sorted(numbers))


PAGES: Final = (
    Page("/citizens/{citizen}", timeline, READERS),
    Page("/citizens/{citizen}/looked", looked, CASEWORK | {"auditor", "citizen"}),
)
