"""Questions about control: which runs there were, what they found, and what was thought of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import msgspec
from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Recorded, decode
from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period, timestamp
from services.consents.access import Shown, record_access
from services.consents.control.errors import ControlUnknown, RuleUnknown
from services.consents.control.events import ControlAdvanced, ControlBegun, ControlCompleted, FindingRaised
from services.consents.control.finding import FINDING
from services.consents.control.handlers import must_see, whose
from services.consents.control.notes import assessments
from services.consents.control.rulebook import RULEBOOK
from services.consents.control.rules import CONTROLLING
from services.consents.decisions import FULL, AccessClass, Decision

if TYPE_CHECKING:
    from services.consents.service import Consents

TOTAL: Final = "SELECT count(*) FROM looks WHERE organisation = %s AND time >= %s AND time < %s"
CONTROLS: Final = """
    SELECT position, body, last FROM controls
    WHERE organisation = %(organisation)s AND position < %(before)s
    ORDER BY position DESC LIMIT %(size)s
"""
FINDINGS: Final = """
    SELECT position, body, status, assessment, measure FROM findings
    WHERE organisation = %(organisation)s AND position < %(before)s
        AND (%(status)s = '' OR status = %(status)s) AND (%(rule)s = '' OR rule = %(rule)s)
    ORDER BY position DESC LIMIT %(size)s
"""
FIRST_PAGE: Final = 2**63 - 1


class Place(NamedTuple):
    position: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


def get_control(service: "Consents", request: consents.GetControl, caller: Caller) -> consents.Control:
    """From the log itself: who goes on with a run asks how far it is."""
    firsts = service.log.firsts([request.control])
    begun = firsts[0].event if firsts else None
    if not isinstance(begun, ControlBegun) or not may_ask(begun.controlled, caller):
        raise ControlUnknown(control=request.control)
    service.authorizer.require(caller, "GetControl", whose(begun.controlled, caller))
    answer = control_message(firsts[0], service.log.history(request.control)[-1])
    with service.pool.connection() as connection:
        row = connection.execute(TOTAL, [begun.controlled, begun.since, begun.until]).fetchone()
    answer.total = row[0] if row else 0
    return answer


def list_controls(service: "Consents", request: consents.ListControls, caller: Caller) -> consents.ControlList:
    service.authorizer.require(caller, "ListControls", whose(request.organisation, caller))
    rows, page = page_of(service, CONTROLS, request, {})
    registry = service.log.registry
    controls = []
    for _, body, last in rows:
        first = decode(bytes(body), registry)
        controls.append(control_message(first, decode(bytes(last), registry) if last else first))
    return consents.ControlList(controls=controls, page=page)


def list_findings(service: "Consents", request: consents.ListFindings, caller: Caller) -> consents.FindingList:
    """Names readers: only their own organisation and auditors may ask."""
    service.authorizer.require(caller, "ListFindings", whose(request.organisation, caller))
    if request.rule and request.rule not in RULEBOOK.known:
        raise RuleUnknown(rule=request.rule)
    rows, page = page_of(service, FINDINGS, request, {"status": request.status, "rule": request.rule})
    findings = [
        finding_message(decode(bytes(body), service.log.registry), status, assessment, measure)
        for _, body, status, assessment, measure in rows
    ]
    return consents.FindingList(findings=findings, page=page)


def get_finding(service: "Consents", request: consents.GetFinding, caller: Caller) -> consents.Finding:
    """The notes may say something about the citizen: the reading is written down before they are opened."""
    finding = service.log.load(FINDING, request.finding).state
    must_see(finding, request.finding, caller)
    verdict = service.authorizer.require(caller, "GetFinding", whose(finding.organisation, caller))
    records = service.log.history(request.finding)
    read = AccessClass(finding.organisation, "administrative", "normal", "")
    decision = Decision(FULL, CONTROLLING[0], policies=verdict.policies)
    entries = [Shown(read, decision, f"{each.subject}/{each.streamversion}") for each in records]
    purpose = "audit" if caller.role == "auditor" else "casework"
    record_access(service, finding.citizen, purpose, entries, caller)
    answer = finding_message(records[0], finding.status, finding.assessment, finding.measure)
    answer.assessments.extend(assessments(service.keys, records))
    return answer


def may_ask(organisation: str, caller: Caller) -> bool:
    return caller.role == "auditor" or caller.organisation == organisation


def page_of(
    service: "Consents", query: str, request: Any, wanted: Mapping[str, str]
) -> tuple[Sequence[tuple[Any, ...]], common.PageAnswer]:
    """Rows, of which the first column is a position: the newest first."""
    size, before = page_size(request.page.size), place_of(request.page.token, Place)
    values = {
        "organisation": request.organisation,
        "before": before.position if before else FIRST_PAGE,
        "size": size + 1,
        **wanted,
    }
    with service.pool.connection() as connection:
        rows = connection.execute(query.encode(), values).fetchall()
    shown = rows[:size]
    return shown, common.PageAnswer(next=token_of(Place(shown[-1][0])) if len(rows) > size else "")


def control_message(first: Recorded, last: Recorded) -> consents.Control:
    begun, newest = first.event, last.event
    assert isinstance(begun, ControlBegun)
    answer = consents.Control(
        id=first.subject,
        organisation=begun.controlled,
        period=period(begun.since, begun.until),
        time=timestamp(first.recordedtime),
        actor=first.actor,
        rules=begun.rules,
        rulebook=begun.rulebook,
        complete=isinstance(newest, ControlCompleted),
    )
    if isinstance(newest, ControlAdvanced | ControlCompleted):
        answer.MergeFrom(consents.Control(examined=newest.examined, found=newest.found, raised=newest.raised))
    return answer


def finding_message(first: Recorded, status: str, assessment: str, measure: str) -> consents.Finding:
    raised = first.event
    assert isinstance(raised, FindingRaised)
    return consents.Finding(
        id=first.subject,
        organisation=raised.controlled,
        rule=raised.rule,
        status=status,
        reader=raised.reader,
        citizen=raised.citizen,
        access=raised.access,
        looked=timestamp(raised.looked),
        purpose=raised.purpose,
        numbers=raised.numbers,
        raised=timestamp(first.recordedtime),
        assessment=assessment,
        measure=measure,
    )


CONTROL_QUERIES: Final[Mapping[type[Message], Callable[["Consents", Any, Caller], Message]]] = {
    consents.GetControl: get_control,
    consents.ListControls: list_controls,
    consents.ListFindings: list_findings,
    consents.GetFinding: get_finding,
}
