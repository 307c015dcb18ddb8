"""What consents knows of a citizen, as answers carry it."""

from datetime import datetime

from samspor.consents.v1 import consents_pb2 as consents

from libs.host.times import period, timestamp
from services.consents.basis import Basis
from services.consents.state import Block, ConsentRequest, Representation


def request_message(asked: ConsentRequest) -> consents.Basis:
    return consents.Basis(
        id=asked.id,
        kind=asked.kind,
        organisation=asked.holder,
        purposes=asked.purposes,
        categories=asked.categories,
        period=period(asked.since, asked.until),
        case=asked.scope,
        status=asked.status,
        sources=asked.sources,
        notice_version=asked.notice_version,
    )


def basis_message(basis: Basis, now: datetime) -> consents.Basis:
    ends = [end for end in (basis.ended, basis.until) if end]
    return consents.Basis(
        id=basis.id,
        kind=basis.kind,
        organisation=basis.holder,
        law=basis.law,
        purposes=basis.purposes,
        categories=basis.categories,
        case=basis.scope,
        status=basis.status(now),
        period=period(basis.since, min(ends) if ends else None),
        since=timestamp(basis.since),
        sources=basis.sources,
        notice_version=basis.notice_version,
        given_how=basis.given_how or "",
        evidence_digest=basis.evidence_digest,
        renews=basis.goes_on_from,
        representation=basis.representation,
        acknowledged=timestamp(basis.acknowledged),
        request=basis.request,
    )


def block_message(block: Block) -> consents.Block:
    return consents.Block(
        id=block.id,
        organisation=block.organisation,
        categories=block.categories,
        period=period(block.since, block.lifted),
    )


def representation_message(each: Representation, now: datetime, name: str) -> consents.Representation:
    return consents.Representation(
        id=each.id,
        representative=each.representative,
        relation=each.relation,
        period=period(each.since, min(each.until, each.ended) if each.ended else each.until),
        evidence_digest=each.evidence_digest,
        status=each.status(now),
        name=name,
    )
