"""Everything about a citizen that the reader may see. Each page is recorded as a look by the service that answers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

SIZE: Final = 200
"""Entries, and looks, of a page."""
FORMAT: Final = "iso-27560"
CONSENTS: Final = ("procedural_consent", "gdpr_consent")
"""Kinds of bases that have a consent record."""

Answer = TypeVar("Answer", bound=Message)


class Ask(Protocol):
    def __call__(self, question: Message, answer: type[Answer], /) -> Answer:
        """Raises Refused."""
        ...


@dataclass(frozen=True, slots=True)
class Collected:
    citizen: str
    purpose: str
    name: str
    """Empty where it is not known, or can be read no more."""
    entries: list[timeline.Entry]
    """Newest first; those withheld from the reader are stubs."""
    bases: list[consents.Basis]
    standing: consents.Standing
    records: list[dict[str, Any]]
    """Of each consent and request, after ISO/IEC TS 27560."""
    looks: list[dict[str, Any]]
    """FHIR AuditEvents, newest first."""


def collect(ask: Ask, citizen: str, purpose: str, advance: Callable[[int], None] = lambda _: None) -> Collected:
    """`advance` is told how many things more have been read. Raises Refused; what was read by then is on record."""

    def counted(things: list[Any]) -> list[Any]:
        advance(len(things))
        return things

    identified = ask(consents.Identify(citizens=[citizen], purpose=purpose), consents.Identified)
    bases = list(ask(consents.ListBases(citizen=citizen), consents.BasisList).bases)
    return Collected(
        citizen=citizen,
        purpose=purpose,
        name=identified.identities[0].name,
        bases=counted(bases),
        standing=ask(consents.GetStanding(citizen=citizen), consents.Standing),
        entries=[entry for page in timeline_pages(ask, citizen, purpose) for entry in counted(page)],
        records=[
            record
            for basis in bases
            if basis.kind in CONSENTS
            for record in counted([exported(ask, citizen, basis.id)])
        ],
        looks=[look for page in look_pages(ask, citizen) for look in counted(page)],
    )


def timeline_pages(ask: Ask, citizen: str, purpose: str) -> Iterator[list[timeline.Entry]]:
    page = common.PageRequest(size=SIZE)
    while True:
        answer = ask(timeline.GetTimeline(citizen=citizen, purpose=purpose, page=page), timeline.Timeline)
        yield list(answer.entries)
        page.token = answer.page.next
        if not page.token:
            return


def look_pages(ask: Ask, citizen: str) -> Iterator[list[dict[str, Any]]]:
    page = common.PageRequest(size=SIZE)
    while True:
        answer = ask(consents.ExportAccess(citizen=citizen, page=page), consents.AccessExported)
        yield [entry["resource"] for entry in json.loads(answer.document).get("entry", [])]
        page.token = answer.page.next
        if not page.token:
            return


def exported(ask: Ask, citizen: str, consent: str) -> dict[str, Any]:
    question = consents.ExportConsent(citizen=citizen, consent=consent, format=FORMAT)
    document: dict[str, Any] = json.loads(ask(question, consents.ConsentExported).document)
    return document
