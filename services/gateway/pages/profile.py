"""The organisation's own entry in the directory, kept by its administrator: itself, its services, and their room."""

from collections.abc import Callable
from typing import Any, Final

from google.protobuf.message import Message
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from libs.eventlog import new_id
from services.gateway import refusals
from services.gateway.pages import service_fields
from services.gateway.pages.forms import form_page, record
from services.gateway.pages.role import ADMINISTRATORS
from services.gateway.pages.room import rooms
from services.gateway.pages.unconfirmed import waiting
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Field, Form
from services.gateway.web.languages import gettext

Entry = partners_pb2.Organisation


def own(visit: Visit) -> Entry | None:
    """None: it is another's, and has no such page."""
    organisation = visit.path("organisation")
    if organisation != visit.who.organisation:
        return None
    return visit.ask(partners_pb2.GetOrganisation(organisation=organisation), Entry)


def profile(visit: Visit) -> Response:
    entry = own(visit)
    if entry is None:
        return refusals.not_found(visit)
    return visit.page(
        "profile.html",
        one=entry,
        room=rooms(visit, organisation=entry.id),
        commands={service.id: new_id() for service in entry.services},
        stated=service_fields.lines,
        to_confirm=waiting(visit).total,
    )


def about(visit: Visit) -> Response:
    entry = own(visit)
    if entry is None:
        return refusals.not_found(visit)
    fields = (
        Field(name="description", label=gettext("What you do"), kind="long", optional=True),
        Field(name="email", label=gettext("Mail address"), optional=True),
        Field(name="phone", label=gettext("Phone"), optional=True),
        Field(name="website", label=gettext("Website"), optional=True),
    )
    known = {one.name: [getattr(entry, one.name)] for one in fields}
    command = partners_pb2.DescribeOrganisation(organisation=entry.id)
    return kept(visit, entry, Form(fields, visit.filled or known), command, title=gettext("About us and contact"))


def publish(visit: Visit) -> Response:
    """A new service, or what a known one is."""
    entry = own(visit)
    service = service_of(visit, entry) if "service" in visit.request.path_params else partners_pb2.Service()
    if entry is None or service is None:
        return refusals.not_found(visit)
    form = Form(service_fields.published(), visit.filled or service_fields.of_published(service))
    command = partners_pb2.PublishService(organisation=entry.id, service=service.id)
    title = gettext("Change the service") if service.id else gettext("New service")
    return kept(visit, entry, form, command, title=title)


def describe(visit: Visit) -> Response:
    entry = own(visit)
    service = service_of(visit, entry)
    if entry is None or service is None:
        return refusals.not_found(visit)
    form = Form(service_fields.described(), visit.filled or service_fields.of_described(service))
    command = partners_pb2.DescribeService(organisation=entry.id, service=service.id)
    if visit.filled:
        service_fields.put_described(form, command)
    return kept(visit, entry, form, command, title=gettext("Where, when and how"), subject=service.name)


def state(visit: Visit) -> Response:
    entry = own(visit)
    service = service_of(visit, entry)
    if entry is None or service is None:
        return refusals.not_found(visit)
    form = Form(service_fields.eligibility(), visit.filled or service_fields.of_eligibility(service))
    command = partners_pb2.StateEligibility(organisation=entry.id, service=service.id)
    command.eligibility.municipalities.extend(service_fields.parts(form.value("municipality_list")))
    return kept(
        visit,
        entry,
        form,
        command,
        title=gettext("Who it is for"),
        subject=service.name,
        lead=gettext("Others see at once whether a person can come. Leave empty what does not matter."),
    )


def service_of(visit: Visit, entry: Entry | None) -> partners_pb2.Service | None:
    services = entry.services if entry else ()
    return next((one for one in services if one.id == visit.path("service")), None)


def kept(visit: Visit, entry: Entry, form: Form, command: Message, **shown: Any) -> Response:
    back = f"/organisations/{entry.id}/edit"

    def again() -> Response:
        return form_page(visit, form, submit=gettext("Save"), back=back, **shown)

    if visit.request.method == "GET":
        return again()
    return record(visit, form, command, again, lambda _id: visit.go(back, "notice.PROFILE"))


def page(path: str, view: Callable[[Visit], Response]) -> Page:
    return Page(f"/organisations/{{organisation}}/{path}", view, ADMINISTRATORS, view)


PAGES: Final = (
    Page("/organisations/{organisation}/edit", profile, ADMINISTRATORS),
    page("about", about),
    page("new-service", publish),
    page("services/{service}/edit", publish),
    page("services/{service}/access", describe),
    page("services/{service}/eligibility", state),
)
