"""What the two sides can do with a referral, step by step."""

from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from google.protobuf.message import Message
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import Response

from services.gateway.pages.forms import form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, View, Visit
from services.gateway.web.forms import Field, Form, choose, words
from services.gateway.web.languages import gettext


class Step(NamedTuple):
    """`statuses`: those that a referral has when this can be done (FHIR Task.status)."""

    message: type[Message]
    by_recipient: bool | None
    """None: by either side."""
    statuses: frozenset[str]
    fields: Callable[[], tuple[Field, ...]]
    business: frozenset[str] | None = None
    """Business statuses that it has then; None: whichever."""
    danger: bool = False


def _note() -> Field:
    return Field(name="note", label=gettext("Message to the sender"), kind="long", rows=4, optional=True)


def _reason(vocabulary: str, label: str) -> Field:
    return Field(name="reason", label=label, kind="one_of_few", options=words(vocabulary))


def _reject() -> tuple[Field, ...]:
    return (_reason("reject_reason", gettext("Why not")), _note())


def _contact() -> tuple[Field, ...]:
    return (
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
    )


def _complete() -> tuple[Field, ...]:
    outcomes = Field(name="outcome", label=gettext("Outcome"), kind="one_of_few", options=words("referral_outcome"))
    goals = Field(name="goal", label=gettext("Goal reached"), kind="one_of_few", options=words("goal_reached"))
    after = Field(name="next", label=gettext("What next"), kind="one_of_few", options=words("what_next"))
    return (outcomes, goals, after, _note())


def _why(vocabulary: str) -> Callable[[], tuple[Field, ...]]:
    return lambda: (_reason(vocabulary, gettext("Why")),)


def _why_and_note(vocabulary: str) -> Callable[[], tuple[Field, ...]]:
    return lambda: (_reason(vocabulary, gettext("Why")), _note())


def _nothing() -> tuple[Field, ...]:
    return ()


UNDER_WAY: Final = frozenset({"accepted", "ready", "in-progress"})
STARTED: Final = UNDER_WAY | {"on-hold"}
AWAITED: Final = frozenset({"requested", "received"})
CLOSED: Final = frozenset({"rejected", "cancelled", "completed", "failed"})
STEPS: Final[dict[str, Step]] = {
    "accept": Step(referrals_pb2.AcceptReferral, True, AWAITED, lambda: (_note(),)),
    "reject": Step(referrals_pb2.RejectReferral, True, AWAITED, _reject),
    "acknowledge": Step(referrals_pb2.AcknowledgeReferral, True, frozenset({"requested"}), _nothing),
    "wait": Step(referrals_pb2.WaitListReferral, True, AWAITED, _nothing, frozenset({""})),
    "offer": Step(referrals_pb2.OfferPlace, True, frozenset({"received"}), _nothing, frozenset({"waitlisted"})),
    "start": Step(referrals_pb2.StartReferral, True, frozenset({"accepted", "ready", "on-hold"}), _nothing),
    "ready": Step(referrals_pb2.ReadyReferral, True, frozenset({"accepted"}), lambda: (_note(),)),
    "contact": Step(referrals_pb2.ReportContact, True, UNDER_WAY, _contact),
    "complete": Step(referrals_pb2.CompleteReferral, True, STARTED, _complete),
    "hold": Step(referrals_pb2.HoldReferral, True, UNDER_WAY, _why_and_note("hold_reason")),
    "fail": Step(referrals_pb2.FailReferral, True, STARTED, _why_and_note("fail_reason"), danger=True),
    "revoke": Step(referrals_pb2.RevokeReplyLinks, None, AWAITED | STARTED, _nothing, danger=True),
    "cancel": Step(
        referrals_pb2.CancelReferral,
        False,
        AWAITED | STARTED - {"in-progress"} | {"draft"},
        _why("cancel_reason"),
        danger=True,
    ),
    "error": Step(
        referrals_pb2.MarkReferralInError,
        False,
        AWAITED | STARTED | CLOSED | {"draft"},
        _why("error_reason"),
        danger=True,
    ),
}
REASONS: Final = {
    "accepted": "accept_reason",
    "rejected": "reject_reason",
    "cancelled": "cancel_reason",
    "failed": "fail_reason",
    "on-hold": "hold_reason",
    "entered-in-error": "error_reason",
}
"""Status -> the list of the reasons for it."""


def steps_of(one: referrals_pb2.Referral, organisation: str) -> list[str]:
    """What this organisation can do with the referral now."""
    recipient, sender = one.recipient == organisation, one.sender == organisation
    if not (recipient or sender):
        return []
    steps = [
        name
        for name, step in STEPS.items()
        if one.status in step.statuses
        and (step.business is None or one.business_status in step.business)
        and step.by_recipient in (None, recipient)
    ]
    return ["request", *steps] if sender and one.status == "draft" else steps


def request_command(referral: str, cause: str) -> referrals_pb2.RequestReferral:
    """The command that sends a draft. Its id follows from the form's: a form sent twice asks the partner once."""
    command = referrals_pb2.RequestReferral(referral=referral)
    command.command.command_id = str(uuid5(UUID(referral), cause))
    return command


def view(name: str, step: Step) -> View:
    def answer(visit: Visit) -> Response:
        back = f"/referrals/{visit.path('referral')}"
        one = visit.ask(referrals_pb2.GetReferral(referral=visit.path("referral")), referrals_pb2.Referral)
        form = Form(step.fields(), visit.filled)

        def again() -> Response:
            citizen = visit.names([one.citizen]).get(one.citizen, "")
            return form_page(
                visit,
                form,
                title=gettext(f"step.{name}"),
                subject=citizen,
                lead=gettext(f"step.{name}.lead"),
                submit=gettext(f"step.{name}"),
                variant="warning" if step.danger else "primary",
                back=back,
            )

        if visit.request.method == "GET":
            return again()
        return record(
            visit, form, step.message(), again, lambda _id: visit.go(back, f"notice.{name.upper()}"), referral=one.id
        )

    return answer


PAGES: Final = tuple(
    Page(f"/referrals/{{referral}}/{name}", made, PROFESSIONAL, made)
    for name, step in STEPS.items()
    for made in [view(name, step)]
)
