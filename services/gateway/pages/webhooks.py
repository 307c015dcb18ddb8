"""Where an organisation's own systems are told of its referrals: addresses, their secrets, and whether they answer."""

from typing import Final

from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.pages.role import ADMINISTRATORS
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form
from services.gateway.web.languages import gettext

BACK: Final = "/webhooks"


def listed(visit: Visit) -> Response:
    found = visit.ask(referrals_pb2.ListWebhooks(), referrals_pb2.WebhookList).webhooks
    return visit.page("webhooks.html", webhooks=[(one, moment(one.failing_since)) for one in found])


def register(visit: Visit) -> Response:
    form = Form((Field(name="url", label=gettext("Address"), hint=gettext("It begins with https.")),), visit.filled)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Tell a system of ours"),
            lead=gettext("It is told of each step of your referrals. No message says anything about a citizen."),
            submit=gettext("Add the address"),
            back=BACK,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit, form, referrals_pb2.RegisterWebhook(), again, lambda _: visit.go(BACK, "notice.WEBHOOK_REGISTERED")
    )


def rotate(visit: Visit) -> Response:
    return confirm(
        visit,
        referrals_pb2.RotateWebhookSecret(webhook=visit.path("webhook")),
        notice="notice.WEBHOOK_ROTATED",
        back=BACK,
        title=gettext("Make a new secret"),
        lead=gettext("For a day messages are signed with the former one as well."),
        submit=gettext("Make a new secret"),
    )


def end(visit: Visit) -> Response:
    return confirm(
        visit,
        referrals_pb2.EndWebhook(webhook=visit.path("webhook")),
        notice="notice.WEBHOOK_ENDED",
        back=BACK,
        title=gettext("Tell this address no more"),
        lead=gettext("What has not arrived there yet is not sent any more."),
        submit=gettext("Stop"),
    )


PAGES: Final = (
    Page("/webhooks", listed, ADMINISTRATORS),
    Page("/webhooks/new", register, ADMINISTRATORS, register),
    Page("/webhooks/{webhook}/rotate", rotate, ADMINISTRATORS, rotate),
    Page("/webhooks/{webhook}/end", end, ADMINISTRATORS, end),
)
