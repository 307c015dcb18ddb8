"""Break-glass: reading in an emergency, and the review that always follows."""

from datetime import UTC, datetime
from typing import Any, Final

from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import head
from services.gateway.pages.forms import form_page, record
from services.gateway.person import CASEWORK
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import clock, long_date, moment
from services.gateway.web.forms import Field, Form, Option, words
from services.gateway.web.languages import gettext, listed, ngettext, word
from services.vocabulary import VOCABULARIES

REVIEWERS: Final = frozenset({"coordinator", "auditor"})
HOURS: Final = 8
"""The most that an emergency lasts (services/consents/emergency.py)."""
READERS: Final = REVIEWERS | {"citizen"}


def shown(visit: Visit, one: consents_pb2.Emergency) -> dict[str, Any]:
    """One breaking of the glass in words."""
    people = visit.site.directory.people(visit, one.organisation)
    review_by = moment(one.review_by)
    return {
        "id": one.id,
        "citizen": one.citizen,
        "organisation": visit.organisations([one.organisation]).get(one.organisation, ""),
        "actor": people.get(one.actor, ""),
        "oneself": one.actor == visit.who.person,
        "purpose": one.purpose,
        "categories": listed("category", one.categories),
        "begins": moment(getattr(one.period, "from")),
        "ends": moment(one.period.until),
        "finding": one.finding,
        "review_by": review_by,
        "late": not one.finding and bool(review_by and review_by < datetime.now(UTC)),
        "may_read": visit.who.role in READERS,
        "may_review": not one.finding and visit.who.role in REVIEWERS and one.actor != visit.who.person,
    }


def break_glass(visit: Visit) -> Response:
    """Also for a citizen whom one has nothing to do with: that is what it is for, and why no name stands here."""
    citizen = visit.path("citizen")
    fields = (
        Field(
            name="reason",
            label=gettext("What is the emergency"),
            hint=gettext("Whoever reviews it reads this, and so does the citizen."),
            kind="long",
        ),
        Field(
            name="categories",
            label=gettext("What you need to read about"),
            hint=gettext("Choose only what is needed."),
            kind="many",
            options=words("category"),
        ),
        Field(
            name="purpose",
            label=gettext("What for"),
            kind="one_of_few",
            options=words("purpose", visit.who.purposes),
        ),
        Field(
            name="hours",
            label=gettext("For how long"),
            kind="one",
            options=tuple(Option(str(n), ngettext("%(n)s hour", "%(n)s hours", n)) for n in range(1, HOURS + 1)),
        ),
    )
    wanted = [one for one in visit.query("categories").split(",") if one in VOCABULARIES["category"]]
    form = Form(fields, visit.filled or {"hours": ["1"], "purpose": [visit.purpose], "categories": wanted})

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Read in an emergency"),
            lead=gettext("Only when life or health is in danger and nobody can wait for a consent."),
            warning=gettext(
                "You alone can read it, for these hours. It is always reviewed by somebody else, and the citizen sees"
                " who read, when and why."
            ),
            submit=gettext("Break the glass"),
            variant="warning",
            back=f"/citizens/{citizen}" if wanted else "/",
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.BreakGlass(),
        again,
        lambda _id: visit.go(f"/citizens/{citizen}?purpose={form.value('purpose')}", "notice.GLASS_BROKEN"),
        citizen=citizen,
    )


def reviews(visit: Visit) -> Response:
    reviewed = visit.query("reviewed") == "yes"
    answer = reviews_of(visit, reviewed=reviewed, size=50, token=visit.query("page"))
    names = visit.names(one.citizen for one in answer.emergencies)
    rows = [shown(visit, one) | {"name": names.get(one.citizen, "")} for one in answer.emergencies]
    return visit.page("reviews.html", rows=rows, reviewed=reviewed, next=answer.page.next)


def reviews_of(visit: Visit, *, reviewed: bool, size: int, token: str = "") -> consents_pb2.ReviewList:
    question = consents_pb2.ListReviews(reviewed=reviewed, page=common_pb2.PageRequest(size=size, token=token))
    return visit.ask(question, consents_pb2.ReviewList)


def review(visit: Visit) -> Response:
    one = written(visit)
    emergency = shown(visit, one)
    if one.finding:
        raise Refused(Kind.CONFLICT, "REVIEWED_ALREADY", "")
    if emergency["oneself"]:
        raise Refused(Kind.CONFLICT, "REVIEW_OF_ONESELF", "")
    fields = (
        Field(name="finding", label=gettext("Finding"), kind="one_of_few", options=words("review_finding")),
        Field(
            name="note",
            label=gettext("Why"),
            hint=gettext("Write so that the citizen can read it too."),
            kind="long",
            optional=True,
        ),
    )
    form = Form(fields, visit.filled)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Was it an emergency?"),
            subject=visit.names([one.citizen]).get(one.citizen, ""),
            facts=facts_of(emergency, one.reason),
            submit=gettext("Save the review"),
            back="/reviews",
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.ReviewBreakGlass(),
        again,
        lambda _id: visit.go("/reviews", "notice.BREAK_GLASS_REVIEWED"),
        citizen=one.citizen,
        emergency=one.id,
    )


def written(visit: Visit) -> consents_pb2.Emergency:
    """The emergency of the address, with what its reader and its reviewer wrote. Raises Refused."""
    question = consents_pb2.GetEmergency(citizen=visit.path("citizen"), emergency=visit.path("emergency"))
    return visit.ask(question, consents_pb2.Emergency)


def emergency_page(visit: Visit) -> Response:
    """What happened, in whole: for the citizen, those who act for them, and reviewers."""
    shared, one = head(visit, "/consents", gettext("Read in an emergency")), written(visit)
    emergency = shown(visit, one)
    facts = facts_of(emergency, one.reason)
    finding = word("review_finding", one.finding) if one.finding else gettext("not reviewed yet")
    facts.append((gettext("Review"), ": ".join(filter(None, (finding, one.note)))))
    return visit.page("emergency.html", **shared, emergency=emergency, facts=facts)


def facts_of(emergency: dict[str, Any], reason: str) -> list[tuple[str, str]]:
    begins, ends = emergency["begins"], emergency["ends"]
    who = ", ".join(filter(None, (emergency["actor"], emergency["organisation"])))
    return [
        (gettext("Who"), who),
        (gettext("When"), f"{long_date(begins)} {clock(begins)}–{clock(ends)}"),
        (gettext("What"), emergency["categories"]),
        (gettext("What for"), word("purpose", emergency["purpose"])),
        (gettext("Reason given"), reason or gettext("It was erased, and nobody can read it again.")),
    ]


PAGES: Final = (
    Page("/reviews", reviews, REVIEWERS),
    Page("/citizens/{citizen}/emergency", break_glass, CASEWORK, break_glass),
    Page("/citizens/{citizen}/emergencies/{emergency}", emergency_page, READERS),
    Page("/citizens/{citizen}/emergencies/{emergency}/review", review, REVIEWERS, review),
)
