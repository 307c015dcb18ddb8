"""Looks that were made at any time, as the log has them, and control of them."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import Context, Log, new_id
from libs.host.times import period
from services.consents.events import AccessRecorded
from tests.rpc.office import Office, Person

NOW: Final = datetime.now(UTC)
QUIET: Final = (NOW - timedelta(days=(NOW.isoweekday() - 3) % 7 + 7)).replace(
    hour=11, minute=0, second=0, microsecond=0
)
"""On a Wednesday that is over, in working hours."""


def look(log: Log, person: Person, citizen: str, at: datetime = QUIET, reason: str = "LOOKED_UP") -> str:
    """The id of an access record that was written then."""
    record = new_id()
    context = Context(
        command_id=record, actor=person.name, organisation=person.organisation, role=person.role, now=at, occurred=at
    )
    event = AccessRecorded(
        citizen=citizen, purpose="casework", seen={"contact": 1}, withheld={}, reasons=(reason,), policy_set=""
    )
    log.append(record, 0, [event], context)
    return record


def controlling(organisation: str, since: datetime | None, until: datetime | None) -> consents.RunControl:
    command = consents.RunControl(organisation=organisation, period=period(since, until))
    command.command.CopyFrom(common.Command(command_id=str(uuid4())))
    return command


def control(office: Office, command: consents.RunControl, person: Person) -> consents.Control:
    """The run once it is complete: the command again and again, as clients do."""
    office.catch_up("consents", "partners")
    while True:
        run = office.ask(command, common.Recorded, person)
        office.catch_up("consents")
        found = office.ask(consents.GetControl(control=run.id), consents.Control, person)
        if found.complete:
            return found


def findings(
    office: Office, person: Person, organisation: str, status: str = "", rule: str = ""
) -> list[consents.Finding]:
    """All pages."""
    question = consents.ListFindings(
        organisation=organisation, status=status, rule=rule, page=common.PageRequest(size=7)
    )
    listed: list[consents.Finding] = []
    while True:
        answer = office.ask(question, consents.FindingList, person)
        listed += answer.findings
        if not answer.page.next:
            return listed
        question.page.token = answer.page.next
