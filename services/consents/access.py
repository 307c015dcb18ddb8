"""The access record: written before the answer is given. If it cannot be written, there is no answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import psycopg

from libs.eventlog import LogUnavailable, Result, new_id
from libs.host import logs
from libs.host.calls import Caller
from services.consents.decisions import FULL, STUB, AccessClass, Decision
from services.consents.errors import AccessLogUnavailable
from services.consents.events import AccessRecorded
from services.vocabulary import word

if TYPE_CHECKING:
    from services.consents.service import Consents


class Shown(NamedTuple):
    """An entry that is about to be answered."""

    of: AccessClass
    decision: Decision
    name: str
    """`stream/version`; empty for what is no entry."""


def record_access(service: "Consents", citizen: str, purpose: str, shown: Sequence[Shown], caller: Caller) -> Result:
    """Where the record stands. Raises AccessLogUnavailable."""
    full = [each for each in shown if each.decision.outcome == FULL]
    protected = [each for each in full if each.of.sensitivity == "protected"]
    stubs = [each for each in shown if each.decision.outcome == STUB]
    decisions = [each.decision for each in (*full, *stubs)]
    event = AccessRecorded(
        citizen=citizen,
        purpose=word(purpose),
        via=caller.via[0] if caller.via else "",
        seen=Counter(each.of.category for each in full),
        protected=Counter(each.of.category for each in protected),
        protected_entries=tuple(each.name for each in protected),
        withheld=Counter(each.of.category for each in stubs),
        entries=tuple(each.name for each in full if each.name),
        bases=tuple(sorted({each.basis for each in decisions if each.basis})),
        reasons=tuple(sorted({each.reason for each in decisions})),
        policies=tuple(sorted({policy for each in decisions for policy in each.policies})),
        policy_set=service.authorizer.digest,
    )
    record = new_id()
    try:
        # Reading is no command of the caller's: each record is the effect of a command of its own.
        return service.log.append(record, 0, [event], replace(caller, command_id=record, expected_version=None))
    except (LogUnavailable, psycopg.Error) as error:
        # Away, full, or read-only after a failover: to the reader it is all one, the operator needs to know which.
        logs.logger("consents").error("access not recorded", **logs.failure(error))
        raise AccessLogUnavailable from error


def record_look_up(service: "Consents", citizen: str, purpose: str, caller: Caller) -> None:
    """Whoever types a number in learns that it belongs to somebody here. Raises AccessLogUnavailable."""
    registration = AccessClass(caller.organisation, "contact", "normal", "")
    shown = Shown(registration, Decision(FULL, "LOOKED_UP"), f"{citizen}/1")
    record_access(service, citizen, purpose, [shown], caller)


def purpose_of(caller: Caller) -> str:
    """What something is shown for where the question does not say it: the role does."""
    if caller.role == "citizen":
        return "own_access"
    return "audit" if caller.role == "auditor" else "casework"
