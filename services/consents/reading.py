"""The one way that personal text leaves: decide, write the reading down, unseal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Binding
from libs.host import logs
from libs.host.calls import Caller
from libs.sealing import SealBroken, open_sealed
from services.consents.access import Shown, record_access
from services.consents.citizen import CITIZEN, evolve
from services.consents.decisions import FULL, NONE, AccessClass, Decision, Question, decide_classes
from services.consents.errors import KeyMismatched, ServiceNotTrusted, TimeTravelForbidden
from services.consents.handlers import must_know
from services.consents.keys import Key
from services.consents.reasons import sentences_of
from services.consents.state import Citizen
from services.consents.texts import shown_texts

if TYPE_CHECKING:
    from services.consents.service import Consents

TRUSTED: Final = "timeline"
"""The service whose word is taken for what class an entry is of."""


def decide(service: "Consents", request: consents.Decide, caller: Caller) -> consents.Decided:
    classes = [class_of(each) for each in request.classes]
    _, decisions = decided(service, request, classes, caller)
    if request.HasField("at"):
        if caller.role != "auditor":
            raise TimeTravelForbidden
        at = request.at.ToDatetime(UTC)
        citizen = citizen_at(service, request.citizen, at)
        decisions = decide_classes(service.authorizer, citizen, Question(caller, request.purpose, at), classes)
    return consents.Decided(decisions=map(message, decisions), policy_set=service.authorizer.digest)


def citizen_at(service: "Consents", citizen_id: str, at: datetime) -> Citizen:
    """The citizen as the log had them then (UTC)."""
    citizen = CITIZEN.state()
    for record in service.log.history(citizen_id, until=at):
        citizen = evolve(citizen, record.event)
    return citizen


def open_texts(service: "Consents", request: consents.Open, caller: Caller) -> consents.Opened:
    """Raises ServiceNotTrusted, CitizenUnknown, KeyMismatched, AccessLogUnavailable; then nothing was opened."""
    if caller.via[:1] != (TRUSTED,):
        raise ServiceNotTrusted
    classes = [class_of(each) for each in request.classes]
    citizen, decisions = decided(service, request, classes, caller)
    keys = service.keys.private((each.key for each in request.texts if each.key), citizen.erased)
    for index, text in enumerate(request.texts):
        if text.class_index >= len(classes) or not fits(text, keys, request.citizen, classes[text.class_index]):
            raise KeyMismatched(index=index)
    shown = [
        Shown(classes[text.class_index], decisions[text.class_index], f"{text.stream}/{text.version}")
        for text in request.texts
    ]
    access = record_access(service, request.citizen, request.purpose, shown, caller)
    return consents.Opened(
        decisions=map(message, decisions),
        policy_set=service.authorizer.digest,
        texts=[
            opened(text, keys) if decisions[text.class_index].outcome == FULL else consents.OpenedText()
            for text in request.texts
        ],
        access=access.id,
    )


def decided(
    service: "Consents", request: consents.Decide | consents.Open, classes: Sequence[AccessClass], caller: Caller
) -> tuple[Citizen, list[Decision]]:
    """As things stand now. Raises CitizenUnknown for a reader who may not know that there is such a citizen.

    An organisation whose last basis has ended still has its own entries. That it has some is the timeline's to say, and
    only to those of its people who may see one of them.
    """
    citizen = service.log.load(CITIZEN, request.citizen).state
    decisions = decide_classes(service.authorizer, citizen, Question(caller, request.purpose, caller.now), classes)
    wrote = caller.via[:1] == (TRUSTED,) and any(each.outcome != NONE for each in decisions)
    if not citizen.id or not wrote:
        must_know(citizen, request.citizen, caller)
    return citizen, decisions


def fits(text: consents.SealedText, keys: dict[str, Key], citizen: str, of: AccessClass) -> bool:
    """Whether the key is the one for texts about this citizen controlled by the organisation of the class."""
    if not text.key:
        return not text.sealed
    key = keys.get(text.key)
    return key is not None and (key.citizen, key.organisation) == (citizen, of.organisation)


def opened(text: consents.SealedText, keys: dict[str, Key]) -> consents.OpenedText:
    """A text that does not open in this place was changed or moved: to the reader it is gone, the operator is told."""
    if not text.key:
        return consents.OpenedText()
    key = keys[text.key]
    if key.private is None:
        return consents.OpenedText(erased=True)
    try:
        plain = open_sealed(key.private, Binding(text.stream, text.version, text.type), text.key, text.sealed)
    except SealBroken:
        log = logs.logger("consents")
        log.warning("a seal is broken", stream=text.stream, version=text.version, type=text.type)
        return consents.OpenedText(erased=True)
    return consents.OpenedText(personal=shown_texts(text.type, plain))


def class_of(message: consents.AccessClass) -> AccessClass:
    return AccessClass(message.organisation, message.category, message.sensitivity, message.case)


def message(decision: Decision) -> consents.Decision:
    return consents.Decision(
        outcome=decision.outcome,
        reason=decision.reason,
        basis=decision.basis,
        law=decision.law,
        policies=decision.policies,
        sentences=sentences_of(decision.reason),
    )
