"""A page that is one form: shown empty, shown again with what is wrong, and what follows when it was recorded."""

from collections.abc import Callable
from typing import Any

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2
from starlette.responses import Response

from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.visit import COMMAND, Visit
from services.gateway.web.forms import Form


def form_page(
    visit: Visit, form: Form, *, title: str, submit: str, back: str, status: int = 200, **more: Any
) -> Response:
    """`more`: lead, subject, warning (texts), facts (pairs of label and text), variant (of the button), extra (a
    template inside the form), answers (options that are buttons, in place of the one)."""
    shown = {"lead": "", "subject": "", "warning": "", "facts": (), "variant": "primary", "extra": "", "answers": ()}
    shown |= more
    if form.errors:
        status = 422
    return visit.page("form_page.html", status, form=form, title=title, submit=submit, back=back, **shown)


def record(
    visit: Visit,
    form: Form,
    message: Message,
    again: Callable[[], Response],
    on: Callable[[str], Response],
    *,
    within: Callable[[], None] = lambda: None,
    **given: str,
) -> Response:
    """Sends the command that the form describes: on to the next page with the recorded id, or the form again.

    `within` may adjust what was filled in before it is sent.
    """
    if not form.fill(message, **given):
        return again()
    within()
    try:
        recorded = visit.ask(message, common_pb2.Recorded, COMMAND)
    except Refused as refused:
        refusals.blame(form, refused, message)
        return again()
    visit.warn(recorded.warnings)
    return on(recorded.id)


def confirm(visit: Visit, message: Message, *, notice: str, back: str, **shown: Any) -> Response:
    """Asks once before it sends `message`, which needs nothing more; then back with a notice. `shown`: as form_page."""
    form = Form((), visit.filled)

    def again() -> Response:
        return form_page(visit, form, back=back, **shown)

    if visit.request.method == "GET":
        return again()
    return record(visit, form, message, again, lambda _id: visit.go(back, notice))
