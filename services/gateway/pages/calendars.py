"""Deadlines in one's own calendar: secret addresses, made and closed, and what a calendar reads there."""

from hashlib import sha256
from typing import Final

from samspor.referrals.v1 import referrals_pb2
from starlette.responses import PlainTextResponse, Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.calendar import MEDIA_TYPE, calendar_of
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit, is_token
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, language

BACK: Final = "/calendars"
ROLE: Final = "calendar"
HEADERS: Final = {"cache-control": "private, no-cache", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}


def listed(visit: Visit) -> Response:
    found = visit.ask(referrals_pb2.ListCalendars(), referrals_pb2.CalendarList).calendars
    base = str(visit.request.base_url)
    return visit.page(
        "calendars.html",
        calendars=[
            (one, f"{base}kalender/{one.token}/samspor.ics?lang={language()}", moment(one.opened)) for one in found
        ],
    )


def make(visit: Visit) -> Response:
    field = Field(name="whose", label=gettext("Which deadlines"), kind="one_of_few", options=words("calendar_whose"))
    form = Form((field,), visit.filled or {"whose": ["own"]})

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Deadlines in your calendar"),
            lead=gettext("You get an address that your calendar reads. It tells when, and nothing about anybody."),
            submit=gettext("Make an address"),
            back=BACK,
        )

    if visit.request.method == "GET":
        return again()
    return record(visit, form, referrals_pb2.OpenCalendar(), again, lambda _: visit.go(BACK, "notice.CALENDAR_OPENED"))


def close(visit: Visit) -> Response:
    return confirm(
        visit,
        referrals_pb2.CloseCalendar(calendar=visit.path("calendar")),
        notice="notice.CALENDAR_CLOSED",
        back=BACK,
        title=gettext("Close this address"),
        lead=gettext("Calendars that read it get nothing more."),
        submit=gettext("Close it"),
        variant="warning",
    )


def read(visit: Visit) -> Response:
    """What a calendar reads. Nobody is signed in; who guesses is slowed down."""
    if visit.site.guesses.exceeded(visit.client):
        return PlainTextResponse("", 429, HEADERS)
    question = referrals_pb2.ReadCalendar(token=visit.path("token"))
    try:
        found = visit.ask_as(ROLE, ROLE, question, referrals_pb2.ReferralList)
    except Refused as refused:
        if refused.kind is not Kind.UNKNOWN:
            raise
        visit.site.guesses.failed(visit.client)
        return PlainTextResponse("", 404, HEADERS)
    file = calendar_of(found.referrals, str(visit.request.base_url).rstrip("/"))
    headers = HEADERS | {"etag": f'"{sha256(file).hexdigest()[:32]}"'}
    if headers["etag"] in visit.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file, media_type=MEDIA_TYPE, headers=headers)


PAGES: Final = (
    Page("/calendars", listed, PROFESSIONAL),
    Page("/calendars/new", make, PROFESSIONAL, make),
    Page("/calendars/{calendar}/close", close, PROFESSIONAL, close),
    Page("/kalender/{token}/samspor.ics", read, accepts=is_token),
)
