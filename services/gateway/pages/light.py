"""What a link in a mail leads to: pages for who has no account. They say nothing about the citizen before the recipient
has accepted and its reply code was given, and a GET changes nothing: mail scanners open every link.

What is written stays in the browser until it is sent (a draft, in its local storage): before the code nobody here knows
who writes, so a draft that we kept could be given back to whoever holds the link.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.calls import Answer
from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.visit import COMMAND, PATIENCE, Page, Visit, is_token
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, Option, choose, words
from services.gateway.web.languages import gettext

ROLE: Final = "light_reply"
HEADERS: Final = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow"}


class Task(NamedTuple):
    """Something to fill in and send."""

    title: str
    submit: str
    fields: tuple[Field, ...]
    send: Callable[[Visit, Form, referrals_pb2.ReplyLink], Response | None]
    """None: the form has errors."""


def page(visit: Visit) -> Response:
    """GET and POST: one address, which bears no more than the token and what is to be done."""
    answer = limited(visit) or shown(visit)
    for name, value in HEADERS.items():
        answer.headers[name] = value
    return answer


def limited(visit: Visit) -> Response | None:
    if not visit.site.guesses.exceeded(visit.client):
        return None
    text = gettext("Somebody here has tried too many addresses. Wait a minute, and try again.")
    return visit.page("light_over.html", 429, heading=gettext("Not now"), text=text, renew=False, form=Form(()))


def shown(visit: Visit) -> Response:
    try:
        link = ask(visit, referrals_pb2.GetReplyLink(token=visit.path("token")), referrals_pb2.ReplyLink)
    except Refused as refused:
        if refused.kind is not Kind.UNKNOWN:
            raise
        visit.site.guesses.failed(visit.client)
        return over(visit, "unknown", 404)
    named = visit.query("do")
    if named == "renew" and visit.request.method == "POST":
        return renew(visit)
    task = tasks(link).get(named or ("answer" if link.status == "open" and link.kind == "answer" else "open"))
    if task is None:
        return over(visit, link.status)
    form = Form(task.fields, visit.filled)
    if visit.request.method == "POST":
        try:
            sent = task.send(visit, form, link)
        except Refused as refused:
            if refused.reason == "LINK_OVER":
                return over(visit, refused.details.get("status", "revoked"), 409)
            if refused.kind in (Kind.UNAUTHENTICATED, Kind.UNAVAILABLE, None):
                raise
            form.errors[""] = refusals.sentence(refused)
            sent = None
        if sent is not None:
            return sent
    return task_page(visit, link, task, form, named)


def tasks(link: referrals_pb2.ReplyLink) -> dict[str, Task]:
    """What the link is good for just now."""
    if link.status == "open" and link.kind == "answer":
        return {"answer": Task(gettext("Someone asks for your help"), gettext("Send the answer"), answering(), answer)}
    found = {}
    if link.readable:
        found["open"] = Task(gettext("Who it is about"), gettext("Show"), (code(),), details)
    if link.status == "open":
        contact = (*REPORT["contact"](), code())
        found["contact"] = Task(gettext("Report a contact"), gettext("Send"), contact, report)
        found["complete"] = Task(gettext("Finish"), gettext("Send and finish"), (*REPORT["complete"](), code()), report)
    return found


def code() -> Field:
    return Field(
        name="code",
        label=gettext("Your organisation's reply code"),
        hint=gettext("Whoever keeps your organisation's profile knows it. After five wrong tries the link is locked."),
    )


def answering() -> tuple[Field, ...]:
    return (
        Field(
            name="answer",
            label=gettext("Can you help?"),
            kind="one_of_few",
            options=(Option("accept", gettext("Yes")), Option("reject", gettext("No"))),
        ),
        Field(
            name="reason",
            label=gettext("If not: why"),
            kind="one",
            options=choose(words("reject_reason")),
            optional=True,
        ),
        note(),
    )


def note() -> Field:
    hint = gettext("Name nobody here.")
    return Field(name="note", label=gettext("Message to the sender"), hint=hint, kind="long", rows=4, optional=True)


REPORT: Final[dict[str, Callable[[], tuple[Field, ...]]]] = {
    "contact": lambda: (
        Field(
            name="text",
            label=gettext("What happened"),
            hint=gettext("Write so that the citizen can read it too."),
            kind="long",
        ),
        Field(
            name="category",
            label=gettext("Category"),
            hint=gettext("It decides who can read this."),
            kind="one",
            options=choose(words("category")),
        ),
    ),
    "complete": lambda: (
        Field(name="outcome", label=gettext("Outcome"), kind="one_of_few", options=words("referral_outcome")),
        Field(name="note", label=gettext("Message to the sender"), kind="long", rows=4, optional=True),
    ),
}
MESSAGES: Final[dict[str, type[Message]]] = {
    "accept": referrals_pb2.AcceptReferral,
    "reject": referrals_pb2.RejectReferral,
    "contact": referrals_pb2.ReportContact,
    "complete": referrals_pb2.CompleteReferral,
}


def answer(visit: Visit, form: Form, link: referrals_pb2.ReplyLink) -> Response | None:
    chosen = form.value("answer")
    if chosen not in ("accept", "reject"):
        form.errors["answer"] = gettext("Choose yes or no.")
        return None
    fields = tuple(one for one in form.fields if one.name != "reason" or chosen == "reject")
    step = Form(fields, visit.filled)
    sent = act(visit, step, link, chosen)
    form.errors.update(step.errors)
    return sent


def report(visit: Visit, form: Form, link: referrals_pb2.ReplyLink) -> Response | None:
    return act(visit, form, link, visit.query("do"))


def act(visit: Visit, form: Form, link: referrals_pb2.ReplyLink, chosen: str) -> Response | None:
    message: Any = MESSAGES[chosen]()
    if not form.fill(message, referral=link.referral):
        return None
    command = referrals_pb2.ActByLink(token=visit.path("token"), code=form.value("code"), **{chosen: message})
    command.command.command_id = form.command_id
    ask(visit, command, common_pb2.Recorded, COMMAND)
    return visit.go(visit.request.url.path, f"notice.LIGHT_{chosen.upper()}")


def details(visit: Visit, form: Form, link: referrals_pb2.ReplyLink) -> Response | None:
    if not form.value("code"):
        form.errors["code"] = gettext("violation.FIELD_REQUIRED")
        return None
    asked = referrals_pb2.OpenByLink(token=visit.path("token"), code=form.value("code"))
    found = ask(visit, asked, referrals_pb2.OpenedByLink, COMMAND)
    facts = [
        (gettext("Name"), found.name),
        (gettext("field.phone"), found.phone),
        (gettext("field.address"), found.address),
        (gettext("Why help is asked for"), found.reason),
    ]
    shown = [(label, text) for label, text in facts if text]
    return visit.page("light_details.html", link=link, facts=shown, path=visit.request.url.path)


def renew(visit: Visit) -> Response:
    command = referrals_pb2.RenewReplyLink(token=visit.path("token"))
    command.command.command_id = Form((), visit.filled).command_id
    ask(visit, command, common_pb2.Recorded, COMMAND)
    return visit.go(visit.request.url.path, "notice.LIGHT_RENEWED")


def task_page(visit: Visit, link: referrals_pb2.ReplyLink, task: Task, form: Form, named: str) -> Response:
    organisation = ask(visit, partners_pb2.GetOrganisation(organisation=link.recipient), partners_pb2.Organisation)
    service = next((one.name for one in organisation.services if one.id == link.service), "")
    path = visit.request.url.path
    return visit.page(
        "light.html",
        422 if form.errors else 200,
        link=link,
        task=task,
        form=form,
        action=f"{path}?do={named}" if named else path,
        others=[(f"{path}?do={name}", one.title) for name, one in tasks(link).items() if one.title != task.title],
        organisation=organisation.name,
        service=service,
        until=moment(link.until) or datetime.now(UTC),
    )


def over(visit: Visit, status: str, code_: int = 200) -> Response:
    """The link is no longer good, or never was: the sentence for why, and a way on where there is one."""
    return visit.page(
        "light_over.html",
        code_,
        heading=gettext("This link is no longer good") if status != "unknown" else gettext("There is no such link"),
        text=gettext(f"page.LINK_{status.upper()}"),
        renew=status in ("used", "expired", "locked"),
        form=Form((), visit.filled),
    )


def ask(visit: Visit, request: Message, answer_: type[Answer], deadline: float = PATIENCE) -> Answer:
    """In the name of whoever holds the link; referrals says which organisation that is."""
    return visit.ask_as(ROLE, "link", request, answer_, deadline)


PAGES: Final = (Page("/svar/{token}", page, post=page, accepts=is_token),)
