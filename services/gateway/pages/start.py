"""What needs me today, the caseload, help: the pages a working day starts with."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from samspor.referrals.v1 import referrals_pb2
from starlette.responses import RedirectResponse, Response

from services.gateway.pages.cards import case_cards, referral_cards
from services.gateway.pages.control import CONTROLLERS
from services.gateway.pages.emergencies import REVIEWERS, reviews_of
from services.gateway.pages.referral_steps import AWAITED, STARTED
from services.gateway.pages.rights import DECIDERS
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.languages import listed
from services.vocabulary import VOCABULARIES

HOMES: Final = {"auditor": "/audit"}
"""First pages of roles that work with nobody's case."""
SOON: Final = timedelta(days=14)
VISIT: Final = timedelta(minutes=30)
"""Page loads closer together than this are one visit."""
LONGEST: Final = 100
"""Lines of a list on the first page; more stand in the caseload."""


def start(visit: Visit) -> Response:
    if visit.person is None:
        return RedirectResponse("/sign-in", 303)
    if visit.person.role == "citizen":
        return RedirectResponse(f"/citizens/{visit.person.person}", 303)
    if visit.person.role not in PROFESSIONAL:
        return RedirectResponse(HOMES.get(visit.person.role, "/directory"), 303)
    now, since = datetime.now(UTC), last_visit(visit)
    received, sent = (referrals_of(visit, box) for box in ("inbox", "outbox"))
    cases = visit.ask(
        cases_pb2.ListCases(status="open", page=common_pb2.PageRequest(size=200)), cases_pb2.CaseList
    ).cases
    due = sorted((c for c in cases if (at := moment(c.next_due)) and at < now + SOON), key=lambda c: c.next_due.seconds)
    news = sorted(
        (c for c in cases if (at := moment(c.changed)) and at > since), key=lambda c: c.changed.seconds, reverse=True
    )
    reviews = (
        list(reviews_of(visit, reviewed=False, size=LONGEST).emergencies) if visit.person.role in REVIEWERS else []
    )
    shown = {card.id: card for card in case_cards(visit, [*due[:LONGEST], *news[:LONGEST]])}
    return visit.page(
        "start.html",
        waiting=referral_cards(visit, [one for one in received if one.status in AWAITED]),
        running=referral_cards(visit, [one for one in received if one.status in STARTED]),
        unanswered=referral_cards(visit, unanswered(sent, visit.person.unit)),
        answered=referral_cards(visit, [one for one in sent if (at := moment(one.changed)) and at > since]),
        due=[shown[line.id] for line in due[:LONGEST]],
        news=[shown[line.id] for line in news[:LONGEST]],
        withdrawals=withdrawals(visit),
        reviews=len(reviews),
        findings=open_findings(visit) if visit.person.role in CONTROLLERS else 0,
        rights=to_decide(visit) if visit.person.role in DECIDERS else 0,
        overdue=sum(one.review_by.ToDatetime(UTC) < now for one in reviews),
        now=now,
        since=since,
    )


def referrals_of(visit: Visit, box: str) -> list[referrals_pb2.Referral]:
    question = referrals_pb2.ListReferrals(box=box, page=common_pb2.PageRequest(size=LONGEST))
    return list(visit.ask(question, referrals_pb2.ReferralList).referrals)


def unanswered(sent: Sequence[referrals_pb2.Referral], unit: str) -> list[referrals_pb2.Referral]:
    """Those that nobody answered in time; what the reader's own unit is to take care of first."""
    return sorted((one for one in sent if one.escalated), key=lambda one: bool(unit) and one.escalate_to != unit)


def open_findings(visit: Visit) -> int:
    """Findings of log control that nobody has assessed."""
    question = consents_pb2.ListFindings(
        organisation=visit.who.organisation, status="open", page=common_pb2.PageRequest(size=LONGEST)
    )
    return len(visit.ask(question, consents_pb2.FindingList).findings)


def to_decide(visit: Visit) -> int:
    """Requests for erasure or restriction that wait for the person's organisation."""
    question = consents_pb2.ListRightsToDecide(page=common_pb2.PageRequest(size=LONGEST))
    return len(visit.ask(question, consents_pb2.RightsToDecide).requests)


def withdrawals(visit: Visit) -> list[dict[str, Any]]:
    """Ends of consents that the organisation has yet to acknowledge, with the names it may still know."""
    question = consents_pb2.ListWithdrawals(page=common_pb2.PageRequest(size=LONGEST))
    found = visit.ask(question, consents_pb2.WithdrawalList).withdrawals
    names = visit.names(one.citizen for one in found)
    return [
        {
            "href": f"/citizens/{one.citizen}/consents/{one.consent}/acknowledge",
            "name": names.get(one.citizen, ""),
            "status": one.status,
            "categories": listed("category", one.categories),
            "time": moment(one.time),
        }
        for one in found
    ]


def last_visit(visit: Visit) -> datetime:
    """When the visit before this one began; a week ago for a first one. Kept in the session: two times, no more."""
    now = datetime.now(UTC)
    seen = visit.request.session.get("seen") or [(now - timedelta(days=7)).timestamp(), now.timestamp()]
    if now.timestamp() - seen[1] > VISIT.total_seconds():
        seen = [seen[1], now.timestamp()]
    visit.request.session["seen"] = seen
    return datetime.fromtimestamp(seen[0], UTC)


def caseload(visit: Visit) -> Response:
    question = cases_pb2.ListCases(
        status=visit.query("status"), page=common_pb2.PageRequest(size=50, token=visit.query("page"))
    )
    answer = visit.ask(question, cases_pb2.CaseList)
    return visit.page(
        "caseload.html",
        cases=case_cards(visit, answer.cases),
        total=answer.total,
        next=answer.page.next,
        statuses=VOCABULARIES["case_status"],
        now=datetime.now(UTC),
    )


def help_page(visit: Visit) -> Response:
    return visit.page("help.html")


PAGES: Final = (
    Page("/", start),
    Page("/caseload", caseload, PROFESSIONAL),
    Page("/help", help_page),
)
