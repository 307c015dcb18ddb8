"""Introductions: a volunteer centre brings two organisations together; all three see how far it has come."""

from collections.abc import Mapping
from typing import Any, Final

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.pages.forms import form_page, record
from services.gateway.pages.organisations import organisation_options
from services.gateway.visit import Page, Visit, is_id
from services.gateway.web.forms import Field, Form, choose, words
from services.gateway.web.languages import gettext

PARTIES: Final = frozenset({"partner_administrator", "coordinator"})


def is_broker(visit: Visit) -> bool:
    return visit.person is not None and visit.person.role in PARTIES and visit.person.kind == "volunteer_centre"


def introductions(visit: Visit) -> Response:
    found = known(visit)
    names = visit.organisations(each for one in found for each in (one.broker, *one.parties))
    rows = [row(one, names, visit.who.organisation) for one in found]
    return visit.page("introductions.html", rows=rows, brokers=is_broker(visit))


def known(visit: Visit) -> list[partners_pb2.Introduction]:
    return list(visit.ask(partners_pb2.ListIntroductions(), partners_pb2.IntroductionList).introductions)


def row(one: partners_pb2.Introduction, names: Mapping[str, str], own: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "broker": names.get(one.broker, ""),
        "parties": [(names.get(party, ""), party in one.accepted) for party in one.parties],
        "reason": one.reason,
        "status": one.status,
        "outcome": one.outcome,
        "contacts": one.contacts,
        "may_answer": one.status == "proposed" and own in one.parties and own not in one.accepted,
        "may_close": one.status == "introduced",
    }


def propose(visit: Visit) -> Response:
    """From an offer, whose organisation is one of the two; or from nothing."""
    if not is_broker(visit):
        return refusals.not_found(visit)
    others = [one for one in organisation_options(visit) if one.value != visit.who.organisation]
    offer = visit.query("offer") if is_id(visit.query("offer")) else ""
    fields = (
        Field(name="parties.0", label=gettext("The first organisation"), kind="one", options=choose(others)),
        Field(name="parties.1", label=gettext("The second organisation"), kind="one", options=choose(others)),
        Field(
            name="reason",
            label=gettext("Why they should meet"),
            hint=gettext("Both read it. Name no person."),
            kind="long",
            rows=3,
        ),
    )
    form = Form(fields, visit.filled or {"parties.0": [visit.query("organisation")]})

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Introduce two organisations"),
            lead=gettext("Both are asked. They learn how to reach each other when both have said yes."),
            submit=gettext("Ask both"),
            back="/introductions",
        )

    if visit.request.method == "GET":
        return again()
    command = partners_pb2.ProposeIntroduction(offer=offer)
    return record(visit, form, command, again, lambda _id: visit.go("/introductions", "notice.INTRODUCTION_PROPOSED"))


def one_of(visit: Visit) -> partners_pb2.Introduction:
    """Raises Refused."""
    for one in known(visit):
        if one.id == visit.path("introduction"):
            return one
    raise Refused(Kind.UNKNOWN, "INTRODUCTION_UNKNOWN", "No such introduction.")


def answer(visit: Visit) -> Response:
    command = partners_pb2.AnswerIntroduction(introduction=visit.path("introduction"))
    field = Field(
        name="answer", label=gettext("Do you want to meet?"), kind="one_of_few", options=words("introduction_answer")
    )
    return answered(visit, command, field, gettext("Answer the introduction"))


def close(visit: Visit) -> Response:
    command = partners_pb2.CloseIntroduction(introduction=visit.path("introduction"))
    field = Field(
        name="outcome", label=gettext("What came of it?"), kind="one_of_few", options=words("introduction_outcome")
    )
    return answered(visit, command, field, gettext("Close the introduction"))


def answered(visit: Visit, command: Any, field: Field, title: str) -> Response:
    one, form = one_of(visit), Form((field,), visit.filled)
    names = visit.organisations(one.parties)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=title,
            subject=" · ".join(names.get(party, "") for party in one.parties),
            lead=one.reason,
            submit=gettext("Answer"),
            back="/introductions",
        )

    if visit.request.method == "GET":
        return again()
    return record(visit, form, command, again, lambda _id: visit.go("/introductions", "notice.INTRODUCTION"))


PAGES: Final = (
    Page("/introductions", introductions, PARTIES),
    Page("/introductions/new", propose, PARTIES, propose),
    Page("/introductions/{introduction}/answer", answer, PARTIES, answer),
    Page("/introductions/{introduction}/close", close, PARTIES, close),
)
