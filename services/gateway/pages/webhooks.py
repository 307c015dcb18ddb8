"""Where an organisation's own systems are told of its referrals: addresses, their secrets, and whether they answer."""

from collections.abc import Callable
from typing import Any, Final

from samspor.common.v1 import common_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.pages.role import ADMINISTRATORS
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form
from services.gateway.web.languages import gettext, word

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


def told(visit: Visit) -> Response:
    """What one address was told, and what came of each attempt."""
    webhook = visit.path("webhook")
    known = visit.ask(referrals_pb2.ListWebhooks(), referrals_pb2.WebhookList).webhooks
    one = next((each for each in known if each.id == webhook), None)
    if one is None:
        return refusals.not_found(visit)
    page = common_pb2.PageRequest(size=20, token=visit.query("page"))
    answer = visit.ask(referrals_pb2.ListDeliveries(webhook=webhook, page=page), referrals_pb2.DeliveryList)
    return visit.page(
        "webhook.html",
        one=one,
        failing=moment(one.failing_since),
        former=moment(one.former_until),
        deliveries=[delivery(each) for each in answer.deliveries],
        next=answer.page.next,
    )


def delivery(one: referrals_pb2.Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "what": word("referral_status", one.type.removeprefix("referral.")),
        "referral": one.referral,
        "status": one.status,
        "tries": one.tries,
        "attempts": [(moment(each.time), outcome(each)) for each in one.attempts],
        **{name: moment(getattr(one, name)) for name in ("made", "next_try", "delivered")},
    }


def outcome(attempt: referrals_pb2.DeliveryAttempt) -> str:
    if attempt.problem:
        return word("delivery_problem", attempt.problem)
    return gettext("Answer %(status)s", status=attempt.status)


def change(action: str) -> Callable[[Visit], Response]:
    """The page that asks once before it pauses or resumes, or sends again."""

    def asked(visit: Visit) -> Response:
        webhook = visit.path("webhook")
        command, title, lead = {
            "pause": (
                referrals_pb2.PauseWebhook(webhook=webhook),
                gettext("Pause"),
                gettext("What happens meanwhile is kept, and sent when you go on."),
            ),
            "resume": (
                referrals_pb2.ResumeWebhook(webhook=webhook),
                gettext("Go on"),
                gettext("What was kept is sent now."),
            ),
            "resend": (
                referrals_pb2.ResendDelivery(webhook=webhook, delivery=visit.request.path_params.get("delivery", "")),
                gettext("Send again"),
                gettext("It is sent under the same id, so that your system can tell that it is the same."),
            ),
        }[action]
        notice, back = f"notice.WEBHOOK_{action.upper()}", f"{BACK}/{webhook}"
        return confirm(visit, command, notice=notice, back=back, title=title, lead=lead, submit=title)

    return asked


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
    Page("/webhooks/{webhook}", told, ADMINISTRATORS),
    *(
        Page(f"/webhooks/{{webhook}}/{name}", change(name), ADMINISTRATORS, change(name))
        for name in ("pause", "resume")
    ),
    Page("/webhooks/{webhook}/deliveries/{delivery}", change("resend"), ADMINISTRATORS, change("resend")),
    Page("/webhooks/{webhook}/rotate", rotate, ADMINISTRATORS, rotate),
    Page("/webhooks/{webhook}/end", end, ADMINISTRATORS, end),
)
