"""Questions about agreements: lists from the projection, what they say from their streams."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Recorded
from libs.host.paging import page_size, place_of, token_of
from libs.host.times import period, timestamp
from services.partners.agreements.agreement import AGREEMENT, Agreement
from services.partners.agreements.events import (
    AgreementDrafted,
    AgreementProposed,
    AgreementReviewed,
    AgreementSigned,
    Terms,
)
from services.partners.agreements.handlers import must_be_party

if TYPE_CHECKING:
    from services.partners.service import Partners

IN_FORCE: Final = ("active", "renewed", "under_review")
FIRST_PAGE: Final = 2**63 - 1
LINES: Final = (
    "SELECT id::text, position FROM agreements WHERE parties @> ARRAY[%(organisation)s::uuid]"
    " AND (%(status)s = '' OR status = %(status)s) AND position < %(before)s ORDER BY position DESC LIMIT %(size)s"
)


class Place(NamedTuple):
    position: int


def get_agreement(service: "Partners", question: partners.GetAgreement, caller: Context) -> partners.Agreement:
    loaded = service.log.load(AGREEMENT, question.agreement)
    agreement = loaded.state
    if caller.role != "auditor" or not agreement.status:
        must_be_party(agreement, question.agreement, caller)
    service.authorizer.require(caller, "GetAgreement", {"party": caller.organisation in agreement.parties})
    records = service.log.history(question.agreement)
    return partners.Agreement(
        id=question.agreement,
        version=loaded.version,
        parties=agreement.parties,
        status=agreement.status,
        revision=agreement.revision,
        terms=terms_message(agreement.terms),
        agreed_revision=agreement.agreed_revision,
        agreed=terms_message(agreement.agreed),
        signed=agreement.signed,
        reviewed=agreement.reviewed,
        next_review=timestamp(next_review(agreement)),
        signatures=signatures(records, agreement.agreed_revision),
        history=map(step_message, records),
    )


def list_agreements(service: "Partners", question: partners.ListAgreements, caller: Context) -> partners.AgreementList:
    """The one changed last comes first."""
    organisation = question.organisation or caller.organisation
    service.authorizer.require(caller, "ListAgreements", {"party": organisation == caller.organisation})
    size, before = page_size(question.page.size), place_of(question.page.token, Place)
    asked = {
        "organisation": organisation,
        "status": question.status,
        "before": before.position if before else FIRST_PAGE,
        "size": size + 1,
    }
    with service.pool.connection() as connection:
        rows = connection.execute(LINES.encode(), asked).fetchall()
    shown = rows[:size]
    lines = [line_message(id_, service.log.load(AGREEMENT, id_).state) for id_, _ in shown]
    if question.HasField("due_before"):
        until = question.due_before.ToDatetime(UTC)
        lines = [line for line in lines if is_due(line, until)]
    answer = common.PageAnswer(next=token_of(Place(shown[-1][1])) if len(rows) > size else "")
    return partners.AgreementList(agreements=lines, page=answer)


def degree_with(service: "Partners", organisation: str, now: datetime) -> dict[str, str]:
    """Organisation -> degree of the closest agreement in force that `organisation` has with it."""
    with service.pool.connection() as connection:
        rows = connection.execute(
            "SELECT id::text FROM agreements WHERE parties @> ARRAY[%s::uuid] AND status = ANY(%s)",
            [organisation, list(IN_FORCE)],
        ).fetchall()
    order, found = ("ad_hoc", "ongoing", "partnership"), dict[str, str]()
    for (id_,) in rows:
        agreement = service.log.load(AGREEMENT, id_).state
        if agreement.agreed and agreement.agreed.since <= now < agreement.agreed.until:
            for other in set(agreement.parties) - {organisation}:
                found[other] = max(found.get(other, "ad_hoc"), agreement.agreed.degree, key=order.index)
    return found


def is_due(line: partners.AgreementLine, until: datetime) -> bool:
    """To be reviewed, or over, before then; while it is under review, the review is what is due."""
    if line.status not in IN_FORCE:
        return False
    ends = line.period.until.ToDatetime(UTC)
    review = line.next_review.ToDatetime(UTC) if line.HasField("next_review") else ends
    return line.status == "under_review" or min(review, ends) < until


def next_review(agreement: Agreement) -> datetime | None:
    return agreement.next_review if agreement.status in ("active", "renewed") else None


def line_message(id_: str, agreement: Agreement) -> partners.AgreementLine:
    terms = agreement.agreed or agreement.terms
    assert terms is not None, "whatever is listed was drafted"
    return partners.AgreementLine(
        id=id_,
        parties=agreement.parties,
        status=agreement.status,
        title=terms.title,
        degree=terms.degree,
        period=period(terms.since, terms.until),
        next_review=timestamp(next_review(agreement)),
        signed=agreement.signed,
    )


def terms_message(terms: Terms | None) -> partners.AgreementTerms | None:
    if terms is None:
        return None
    return partners.AgreementTerms(
        title=terms.title,
        degree=terms.degree,
        purpose=terms.purpose,
        goals=[partners.AgreementGoal(title=g.title, indicator=g.indicator, target=g.target) for g in terms.goals],
        commitments=[partners.Commitment(organisation=c.organisation, text=c.text) for c in terms.commitments],
        social_clauses=terms.social_clauses,
        period=period(terms.since, terms.until),
        review_dates=[timestamp(date) for date in terms.review_dates],
        contacts=[
            partners.AgreementContact(organisation=c.organisation, name=c.name, email=c.email, phone=c.phone)
            for c in terms.contacts
        ],
    )


def signatures(records: list[Recorded], revision: int) -> list[partners.Signature]:
    """Of the terms in force: a side that proposed twice signed last what counts."""
    found: dict[str, partners.Signature] = {}
    for record in records:
        event = record.event
        if isinstance(event, AgreementProposed | AgreementSigned) and event.revision == revision:
            found[event.party] = partners.Signature(
                organisation=event.party,
                person=event.person,
                name=event.name,
                title=event.title,
                time=timestamp(record.recordedtime),
                revision=event.revision,
            )
    return list(found.values())


def step_message(record: Recorded) -> partners.AgreementStep:
    event: Any = record.event
    made = partners.AgreementStep(
        event=record.type.split(".")[1],
        time=timestamp(record.recordedtime),
        organisation=record.organisation,
        actor=record.actor,
        revision=1 if isinstance(event, AgreementDrafted) else getattr(event, "revision", 0),
        name=getattr(event, "name", ""),
        note=event.agreed if isinstance(event, AgreementReviewed) else getattr(event, "note", ""),
        reason=getattr(event, "reason", ""),
        terms=terms_message(getattr(event, "terms", None)),
    )
    for each in getattr(event, "results", ()):
        made.results.add(goal=each.goal, result=each.result, note=each.note, figure=each.figure)
    return made


AGREEMENT_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.GetAgreement: get_agreement,
    partners.ListAgreements: list_agreements,
}
