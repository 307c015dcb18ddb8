"""Task (hl7.org/fhir/R4/task.html) after the guide's profile: a referral and what becomes of it."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec
from google.protobuf.message import Message
from samspor.referrals.v1 import referrals_pb2

from libs.fhir.elements import Concept, Element, Ending, Link, Meta, Moment, Text, coding, link
from services.gateway.fhir.reading import refused
from services.gateway.fhir.request import requester_of
from services.gateway.fhir.words import (
    ACKNOWLEDGE_BY,
    FULFILL,
    OUTPUT,
    TASK_CODE,
    TASK_PROFILE,
    code_of,
    own_words,
    step_reason,
    system,
)
from services.gateway.web.dates import moment
from services.vocabulary import ReferralStatus


class Output(Element, frozen=True, kw_only=True):
    type: Concept
    value_codeable_concept: Concept | None = None
    value_unsigned_int: int | None = None
    value_string: str = ""


class Restriction(Element, frozen=True, kw_only=True):
    period: Ending


class Deadline(Element, frozen=True, kw_only=True):
    """Extension: when its receipt is to be acknowledged."""

    url: str
    value_date_time: Moment


class Task(Element, frozen=True, kw_only=True):
    """The elements that are taken; any other is refused by name."""

    resource_type: Literal["Task"]
    id: str = ""
    meta: Meta | None = None
    extension: list[Deadline] = msgspec.field(default_factory=list)
    part_of: list[Link] = msgspec.field(default_factory=list)
    """The task that its requester received and sends on (the guide's indirect workflow)."""
    status: ReferralStatus
    status_reason: Text | None = None
    intent: Literal["order"]
    priority: Literal["routine", "urgent", "asap", "stat"] = "routine"
    code: Concept
    focus: Link
    for_: Link | None = None
    authored_on: Moment | None = None
    last_modified: Moment | None = None
    requester: Link
    owner: Link | None = None
    """Nobody, while several are asked."""
    restriction: Restriction | None = None
    output: list[Output] = msgspec.field(default_factory=list)


def task_of(referral: referrals_pb2.Referral) -> Task:
    reply_by, acknowledge_by = moment(referral.reply_by), moment(referral.acknowledge_by)
    changed = moment(referral.changed)
    return Task(
        resource_type="Task",
        id=referral.id,
        meta=Meta(version_id=str(referral.version), last_updated=changed, profile=[TASK_PROFILE]),
        extension=[Deadline(url=ACKNOWLEDGE_BY, value_date_time=acknowledge_by)] if acknowledge_by else [],
        part_of=[link("Task", referral.part_of)] if referral.part_of else [],
        status=referral.status,  # type: ignore[arg-type]  # of the vocabulary
        status_reason=step_reason(referral.status, referral.reason),
        intent="order",
        priority=referral.priority or "routine",  # type: ignore[arg-type]
        code=FULFILL,
        focus=link("ServiceRequest", referral.id),
        for_=link("Patient", referral.citizen) if referral.citizen else None,
        last_modified=changed,
        requester=requester_of(referral),
        owner=link("Organization", referral.recipient) if referral.recipient else None,
        restriction=Restriction(period=Ending(end=reply_by)) if reply_by else None,
        output=list(outputs(referral)) if referral.status == "completed" else [],
    )


def outputs(referral: referrals_pb2.Referral) -> Iterator[Output]:
    """The outcome that closes the loop."""
    yield coded("outcome", "referral_outcome", referral.outcome)
    yield Output(type=output_type("contacts"), value_unsigned_int=referral.contacts)
    if referral.goal:
        yield coded("goal", "goal_reached", referral.goal)
    if referral.next:
        yield coded("next", "what_next", referral.next)


def output_type(name: str) -> Concept:
    return Concept(coding=[coding(OUTPUT, name)])


def coded(name: str, vocabulary: str, code: str) -> Output:
    return Output(type=output_type(name), value_codeable_concept=Concept(coding=[coding(system(vocabulary), code)]))


CODED: Final = {"outcome": "referral_outcome", "goal": "goal_reached", "next": "what_next"}
"""Outputs that are codes -> their vocabulary."""
STEPS: Final[dict[str, type[Message]]] = {
    "requested": referrals_pb2.RequestReferral,
    "received": referrals_pb2.AcknowledgeReferral,
    "accepted": referrals_pb2.AcceptReferral,
    "rejected": referrals_pb2.RejectReferral,
    "ready": referrals_pb2.ReadyReferral,
    "in-progress": referrals_pb2.StartReferral,
    "on-hold": referrals_pb2.HoldReferral,
    "completed": referrals_pb2.CompleteReferral,
    "failed": referrals_pb2.FailReferral,
    "cancelled": referrals_pb2.CancelReferral,
    "entered-in-error": referrals_pb2.MarkReferralInError,
}
"""Task.status -> the command that asks for it."""
FIXED: Final = ("part_of", "priority", "focus", "for_", "requester", "owner")
"""Elements that no update changes."""
CHANGING: Final = ("status_reason", "output", "restriction", "extension")
"""Elements that belong to a status: they change with it only."""


def step_of(task: Task, known: referrals_pb2.Referral) -> Message | None:
    """The command that a changed Task amounts to; None where it says what is known. Raises ElementRefused."""
    now = task_of(known)
    if task.id != known.id:
        raise refused("Task.id", "it is not the id of the address")
    same(task, now)
    if task.status == now.status:
        for name in CHANGING:
            if getattr(task, name) != getattr(now, name):
                raise refused(f"Task.{element(name)}", "it changes together with the status only")
        return None
    return command_of(task, now)


def same(task: Task, known: Task, at: str = "Task", why: str = "it cannot be changed") -> None:
    """Raises ElementRefused where a Task says something else than what is fixed."""
    if code_of(task.code.coding, TASK_CODE) != "fulfill" or len(task.code.coding) > 1:
        raise refused(f"{at}.code", f"it is `fulfill` of {TASK_CODE}")
    for name in FIXED:
        if getattr(task, name) != getattr(known, name):
            raise refused(f"{at}.{element(name)}", why if getattr(task, name) else "it is missing")
    if task.authored_on is not None:
        raise refused(f"{at}.authoredOn", "the time is that of its arrival")


def command_of(task: Task, now: Task) -> Message:
    """The step to another status. Raises ElementRefused for what that step has no word for."""
    if task.status not in STEPS:
        raise refused("Task.status", "a referral does not become a draft again")
    command: Any = STEPS[task.status](referral=now.id)
    fields = command.DESCRIPTOR.fields_by_name
    if task.status_reason is not None and task.status_reason != now.status_reason:
        reasoned(command, task)
    elif "reason" in fields and task.status != "accepted":
        raise refused("Task.statusReason", "this status needs a reason of ours")
    if task.status == "completed":
        completed(command, task.output)
    elif task.output != now.output:
        raise refused("Task.output", "an outcome belongs to a completed task")
    if task.status == "requested":
        if task.restriction:
            command.reply_by.FromDatetime(task.restriction.period.end)
        if len(task.extension) > 1 or any(each.url != ACKNOWLEDGE_BY for each in task.extension):
            raise refused("Task.extension", f"one of {ACKNOWLEDGE_BY} is taken")
        for each in task.extension:
            command.acknowledge_by.FromDatetime(each.value_date_time)
    elif (task.restriction, task.extension) != (now.restriction, now.extension):
        raise refused("Task.restriction", "deadlines are set when the task is requested")
    return command  # type: ignore[no-any-return]


def reasoned(command: Any, task: Task) -> None:
    """Code and words of a reason; words that only name the code are not kept twice."""
    said, fields = task.status_reason, command.DESCRIPTOR.fields_by_name
    assert said is not None
    kind = words_for(task.status)
    if said.coding:
        command_reason = code_of(said.coding, kind)
        if not kind or "reason" not in fields or len(said.coding) > 1 or not command_reason:
            raise refused("Task.statusReason.coding", f"one code of {kind}" if kind else "this status has no reasons")
        command.reason = command_reason
    elif "reason" in fields and task.status != "accepted":
        raise refused("Task.statusReason.coding", f"one code of {kind}")
    if said.text and said.text not in own_words(task.status, command.reason if "reason" in fields else ""):
        if "note" not in fields:
            raise refused("Task.statusReason.text", "this status takes a code and no words")
        command.note = said.text


def words_for(status: str) -> str:
    """System of the reasons of a status; empty where it has none."""
    found = step_reason(status, "other")
    return found.coding[0].system if found else ""


def completed(command: Any, found: list[Output]) -> None:
    """Raises ElementRefused for an output that is none of ours."""
    seen: set[str] = set()
    for index, each in enumerate(found):
        at, name = f"Task.output[{index}]", code_of(each.type.coding, OUTPUT)
        if name in seen or len(each.type.coding) != 1:
            raise refused(f"{at}.type", f"one code of {OUTPUT}, each once")
        seen.add(name)
        if name in CODED and each.value_codeable_concept is not None:
            code = code_of(each.value_codeable_concept.coding, system(CODED[name]))
            if not code or each != coded(name, CODED[name], code):
                raise refused(f"{at}.valueCodeableConcept", f"one code of {system(CODED[name])}")
            setattr(command, name, code)
        elif each == Output(type=output_type("contacts"), value_unsigned_int=each.value_unsigned_int):
            if not 0 <= (each.value_unsigned_int or 0) < 2**31:
                raise refused(f"{at}.valueUnsignedInt", "it is no count")
            command.contacts = each.value_unsigned_int or 0
        elif each.value_string and each == Output(type=output_type("note"), value_string=each.value_string):
            command.note = each.value_string
        else:
            raise refused(at, f"it is no output of {OUTPUT}")
    if "outcome" not in seen:
        raise refused("Task.output", "a completed task says its outcome")


def element(name: str) -> str:
    """A field's name as FHIR writes it."""
    head, *rest = name.strip("_").split("_")
    return head + "".join(part.title() for part in rest)
