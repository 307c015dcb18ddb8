"""Cases and referrals as one line of a list, with names instead of ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from samspor.cases.v1 import cases_pb2
from samspor.referrals.v1 import referrals_pb2

from libs.host import clock
from services.gateway.timeline import subject
from services.gateway.visit import Visit
from services.gateway.web.dates import moment
from services.gateway.web.languages import gettext


@dataclass(frozen=True, slots=True)
class CaseCard:
    id: str
    citizen: str
    name: str
    subject: str
    status: str
    organisation: str
    actions: int
    due: datetime | None
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class ReferralCard:
    id: str
    citizen: str
    name: str
    other: str
    """The organisation at the other end."""
    status: str
    due: datetime | None
    """When an answer is due, where one is."""
    late: bool
    days: int
    """Working days until then; negative after it."""
    priority: str
    """Empty for the usual one."""
    business: str
    position: int
    """On the wait-list; 0: it does not wait."""
    escalated: bool
    unit: str
    """Of the sender: which looks after it when nobody answers."""
    changed: datetime | None


def case_cards(visit: Visit, lines: Iterable[cases_pb2.CaseLine]) -> list[CaseCard]:
    lines = list(lines)
    names = visit.names(line.citizen for line in lines)
    organisations = visit.organisations(line.organisation for line in lines)
    return [
        CaseCard(
            id=line.id,
            citizen=line.citizen,
            name=names.get(line.citizen, ""),
            subject=subject(line.subject_code),
            status=line.status,
            organisation=organisations.get(line.organisation, ""),
            actions=line.actions_open,
            due=moment(line.next_due),
            changed=moment(line.changed),
        )
        for line in lines
    ]


def referral_cards(visit: Visit, referrals: Iterable[referrals_pb2.Referral]) -> list[ReferralCard]:
    referrals, own, now = list(referrals), visit.who.organisation, clock.now()
    names = visit.names(one.citizen for one in referrals)
    others = {one.id: one.recipient if one.sender == own else one.sender for one in referrals}
    organisations = visit.organisations(others.values())
    cards = []
    for one in referrals:
        due = due_of(one)
        cards.append(
            ReferralCard(
                id=one.id,
                citizen=one.citizen,
                name=names.get(one.citizen, ""),
                other=gettext("The citizen themselves") if one.self_referral else organisations.get(others[one.id], ""),
                status=one.status,
                due=due,
                late=bool(due and due < now),
                days=one.working_days_left,
                priority="" if one.priority == "routine" else one.priority,
                business=one.business_status,
                position=one.wait_position,
                escalated=one.escalated,
                unit=one.escalate_to,
                changed=moment(one.changed),
            )
        )
    return cards


def due_of(one: referrals_pb2.Referral) -> datetime | None:
    """When the recipient is to confirm that it has it, or to answer; None where nothing is awaited."""
    if one.business_status:
        return None
    match one.status:
        case "requested":
            return moment(one.acknowledge_by) or moment(one.reply_by)
        case "received":
            return moment(one.reply_by)
    return None
