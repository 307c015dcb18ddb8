"""What an organisation's administrator has not confirmed for long: one tap for each that is right as it stands."""

from datetime import UTC, datetime
from typing import Final

from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from libs.eventlog import new_id
from services.gateway import refusals
from services.gateway.pages.role import ADMINISTRATORS
from services.gateway.visit import COMMAND, Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Form


def unconfirmed(visit: Visit) -> Response:
    organisation = visit.path("organisation")
    if organisation != visit.who.organisation:
        return refusals.not_found(visit)
    answer = waiting(visit, visit.query("page"))
    return visit.page(
        "unconfirmed.html",
        organisation=organisation,
        entries=[(one, new_id()) for one in answer.entries],
        next=answer.page.next,
    )


def waiting(visit: Visit, token: str = "") -> partners_pb2.UnconfirmedList:
    question = partners_pb2.ListUnconfirmed(page=common_pb2.PageRequest(token=token))
    return visit.ask(question, partners_pb2.UnconfirmedList)


def confirm(visit: Visit) -> Response:
    organisation, form = visit.path("organisation"), Form((), visit.filled)
    if organisation != visit.who.organisation:
        return refusals.not_found(visit)
    command = partners_pb2.ConfirmEntry(
        command=common_pb2.Command(command_id=form.command_id),
        organisation=organisation,
        service=form.value("service"),
    )
    visit.ask(command, common_pb2.Recorded, COMMAND)
    return visit.go(f"/organisations/{organisation}/confirm", "notice.CONFIRMED")


def stale(entry: partners_pb2.Organisation | partners_pb2.Service) -> bool:
    """Nobody has confirmed for too long what is said of it."""
    until = moment(entry.confirm_by)
    return until is not None and until <= datetime.now(UTC)


PAGES: Final = (Page("/organisations/{organisation}/confirm", unconfirmed, ADMINISTRATORS, confirm),)
