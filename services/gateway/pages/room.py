"""Room: how many places a service has, kept by its people in two taps, and asked for without naming anybody."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from libs.eventlog import Kind, new_id
from libs.host.errors import Refused
from services.gateway.pages.forms import form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import COMMAND, Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, choose, words
from services.gateway.web.languages import gettext

KEEPERS: Final = frozenset({"partner_administrator", "ngo_worker"})
READERS: Final = PROFESSIONAL | KEEPERS
TAPS: Final[Mapping[str, Mapping[str, int]]] = {"more": {"more": 1}, "fewer": {"more": -1}, "full": {"available": 0}}
"""Button -> what it changes in DeclareCapacity."""
SHOWN: Final = 20
"""Questions of each kind."""


class Room(NamedTuple):
    available: int | None
    """None: nobody has said it for too long."""
    maximum: int
    unit: str
    updated: datetime | None


def rooms(visit: Visit, **of: Any) -> dict[str, Room]:
    """Service id -> its room, of those that say how much they have. `of`: as ListCapacity."""
    answer = visit.ask(partners_pb2.ListCapacity(**of), partners_pb2.CapacityList)
    return {
        one.service: Room(
            one.available if one.HasField("available") else None,
            one.maximum,
            "" if one.unit == "places" else one.unit,
            moment(one.updated),
        )
        for one in answer.capacities
    }


def services_of(visit: Visit, organisation: str) -> dict[str, str]:
    """Service id -> its name."""
    found = visit.ask(partners_pb2.GetOrganisation(organisation=organisation), partners_pb2.Organisation)
    return {one.id: one.name for one in found.services}


def room(visit: Visit) -> Response:
    own = visit.who.organisation
    keeps = visit.who.role in KEEPERS
    services = services_of(visit, own)
    known = rooms(visit, organisation=own) if keeps else {}
    asked = questions(visit, "outbox", waiting=False)
    names = services | {
        service: name
        for recipient in {one.recipient for one in asked}
        for service, name in services_of(visit, recipient).items()
    }
    return visit.page(
        "room.html",
        services=[(service, name, known.get(service), new_id()) for service, name in services.items()] if keeps else [],
        keeps=keeps,
        waiting=shown(questions(visit, "inbox", waiting=True), names, visit.organisations),
        asked=shown(asked, names, visit.organisations),
    )


def questions(visit: Visit, box: str, *, waiting: bool) -> list[partners_pb2.CapacityQuestion]:
    question = partners_pb2.ListCapacityQuestions(box=box, waiting=waiting, page=common_pb2.PageRequest(size=SHOWN))
    return list(visit.ask(question, partners_pb2.CapacityQuestionList).questions)


def shown(found: Iterable[partners_pb2.CapacityQuestion], services: Mapping[str, str], names: Any) -> list[Any]:
    found = list(found)
    organisations = names(each for one in found for each in (one.asker, one.recipient))
    return [
        {
            "id": one.id,
            "service": services.get(one.service, ""),
            "asker": organisations.get(one.asker, ""),
            "recipient": organisations.get(one.recipient, ""),
            "need": one.need,
            "age_band": one.age_band,
            "asked": moment(one.asked),
            "answer": one.answer,
            "weeks": one.weeks,
        }
        for one in found
    ]


def tap(visit: Visit) -> Response:
    """One of the three buttons beside a service."""
    form = Form((), visit.filled)
    change = TAPS.get(form.value("change"))
    if change is None or visit.who.role not in KEEPERS:
        raise Refused(Kind.INVALID, "REQUEST_INVALID", "No such button.")
    command = partners_pb2.DeclareCapacity(
        command=common_pb2.Command(command_id=form.command_id),
        organisation=visit.who.organisation,
        service=form.value("service"),
    )
    for name, value in change.items():
        setattr(command, name, value)
    visit.ask(command, common_pb2.Recorded, COMMAND)
    return visit.go("/room", "notice.ROOM")


def declare(visit: Visit) -> Response:
    service = visit.path("service")
    name = services_of(visit, visit.who.organisation).get(service, "")
    fields = (
        Field(name="available", label=gettext("Free places")),
        Field(name="maximum", label=gettext("Places in all"), optional=True),
        Field(
            name="fresh_days",
            label=gettext("Days that the number holds"),
            hint=gettext("After that it is shown as unknown until you say it again. Usually 14."),
            optional=True,
        ),
    )
    known = visit.ask(partners_pb2.GetCapacity(service=service), partners_pb2.Capacity)
    before = {
        "available": [str(known.available)] if known.HasField("available") else [],
        "maximum": [str(known.maximum)] if known.maximum else [],
        "fresh_days": [str(known.fresh_days)] if known.fresh_days else [],
    }
    form = Form(fields, visit.filled or before)

    def again() -> Response:
        return form_page(visit, form, title=gettext("Room"), subject=name, submit=gettext("Save"), back="/room")

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        partners_pb2.DeclareCapacity(),
        again,
        lambda _id: visit.go("/room", "notice.ROOM"),
        organisation=visit.who.organisation,
        service=service,
    )


def ask(visit: Visit) -> Response:
    organisation, service = visit.path("organisation"), visit.path("service")
    fields = (
        Field(name="need", label=gettext("What it is about"), kind="one", options=choose(words("category"))),
        Field(name="age_band", label=gettext("Age"), kind="one", options=choose(words("age_band")), optional=True),
    )
    form = Form(fields, visit.filled)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Ask whether there is room"),
            subject=services_of(visit, organisation).get(service, ""),
            lead=gettext("You name nobody. The answer comes on the page about room."),
            submit=gettext("Ask"),
            back=f"/organisations/{organisation}",
        )

    if visit.request.method == "GET":
        return again()
    done = lambda _id: visit.go("/room", "notice.ROOM_ASKED")  # noqa: E731 -- as the other pages end
    return record(visit, form, partners_pb2.AskCapacity(), again, done, service=service)


def answer(visit: Visit) -> Response:
    fields = (
        Field(name="answer", label=gettext("Is there room?"), kind="one_of_few", options=words("capacity_answer")),
        Field(name="weeks", label=gettext("Weeks to wait"), optional=True),
    )
    form = Form(fields, visit.filled)

    def again() -> Response:
        return form_page(visit, form, title=gettext("Is there room?"), submit=gettext("Answer"), back="/room")

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        partners_pb2.AnswerCapacity(),
        again,
        lambda _id: visit.go("/room", "notice.ROOM_ANSWERED"),
        question=visit.path("question"),
    )


PAGES: Final = (
    Page("/room", room, READERS, tap),
    Page("/room/{service}", declare, KEEPERS, declare),
    Page("/room/questions/{question}", answer, READERS, answer),
    Page("/organisations/{organisation}/services/{service}/room", ask, PROFESSIONAL, ask),
)
