"""A viewer's question to the timeline, and the answer that consents allows.

Three steps: consents decides the citizen's classes; one page of the classes that may be shown is read; consents decides
again, writes the reading down and unseals. What consents says the second time holds: a consent withdrawn in between
is already gone from the answer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from google.protobuf.message import Message
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.host.calls import Caller
from libs.host.paging import page_size, place_of, token_of
from libs.host.service import Handler
from libs.host.times import ends, timestamp
from services.timeline.entries import Filter, Place, Stored, classes_of, page_of
from services.timeline.entry import AccessClass

if TYPE_CHECKING:
    from services.timeline.service import Timelines

SHOWN: Final = ("full", "stub")


class Document(msgspec.Struct, frozen=True):
    """The parts of a published CloudEvents document that an entry shows."""

    id: str
    type: str
    subject: str
    streamversion: int
    recordedtime: datetime
    actor: str
    data: dict[str, msgspec.Raw]
    legalbasis: str = ""


class Sealed(msgspec.Struct, frozen=True):
    sealed: bytes = b""
    key: str = ""


read_document: Final = msgspec.json.Decoder(Document).decode
read_sealed: Final = msgspec.json.Decoder(Sealed).decode


def get_timeline(service: "Timelines", question: timeline.GetTimeline, viewer: Caller) -> timeline.Timeline:
    citizen, before = UUID(question.citizen), place_of(question.page.token, Place)
    with service.pool.connection() as connection:
        classes = classes_of(connection, citizen)
    shown = visible_classes(service, question, viewer, classes)
    wanted = [
        class_id
        for class_id, access_class in shown.items()
        if (not question.categories or access_class.category in question.categories)
        and (not question.organisations or str(access_class.organisation) in question.organisations)
        and (not question.case or str(access_class.case or "") == question.case)
    ]
    size = page_size(question.page.size)
    with service.pool.connection() as connection:
        stored = page_of(connection, citizen, wanted, chosen(question), before=before, size=size + 1)
    page, more = stored[:size], len(stored) > size
    opened, entries = open_page(service, question, viewer, page, {class_id: classes[class_id] for class_id in shown})
    answer = timeline.Timeline(
        entries=entries,
        policy_set=opened.policy_set,
        access=opened.access,
        organisations=sorted({str(access_class.organisation) for access_class in shown.values()}),
        categories=sorted({access_class.category for access_class in shown.values()}),
    )
    if more:
        answer.page.next = token_of(page[-1].place)
    return answer


def visible_classes(
    service: "Timelines", question: timeline.GetTimeline, viewer: Caller, classes: Mapping[UUID, AccessClass]
) -> dict[UUID, AccessClass]:
    """The classes whose existence the viewer may know. Asked for none too: consents knows who is unknown to whom."""
    request = consents.Decide(
        citizen=question.citizen, purpose=question.purpose, classes=map(message, classes.values())
    )
    decided = service.clients.ask(request, consents.Decided, viewer)
    return {
        class_id: access_class
        for (class_id, access_class), decision in zip(classes.items(), decided.decisions, strict=True)
        if decision.outcome in SHOWN
    }


def open_page(
    service: "Timelines",
    question: timeline.GetTimeline,
    viewer: Caller,
    page: Sequence[Stored],
    classes: Mapping[UUID, AccessClass],
) -> tuple[consents.Opened, list[timeline.Entry]]:
    """Decide, record and unseal one page. Entries that may not be shown after all are left out.

    `classes`: those that may be shown. For an empty page all of them are asked about: somebody who filters away what
    there is does not become a stranger by it.
    """
    shown_on_it = dict.fromkeys(row.class_ for row in page) or dict.fromkeys(classes)
    used = {class_id: index for index, class_id in enumerate(shown_on_it)}
    documents = [read_document(row.body) for row in page]
    request = consents.Open(
        citizen=question.citizen,
        purpose=question.purpose,
        classes=[message(classes[class_id]) for class_id in used],
        texts=[sealed_text(document, used[row.class_]) for row, document in zip(page, documents, strict=True)],
    )
    opened = service.clients.ask(request, consents.Opened, viewer)
    decided = dict(zip(used, opened.decisions, strict=True))
    alike = {class_id: shared(classes[class_id], decision) for class_id, decision in decided.items()}
    entries = []
    for row, document, text in zip(page, documents, opened.texts, strict=True):
        outcome = alike[row.class_]["outcome"]
        if outcome == "full":
            entries.append(full_entry(row, document, alike[row.class_], text))
        elif outcome == "stub":
            entries.append(timeline.Entry(time=timestamp(row.time), **alike[row.class_]))
    return opened, entries


def shared(access_class: AccessClass, decision: consents.Decision) -> dict[str, Any]:
    """What entries of a class have in common. A stub has no more than this and its time: it is known to exist, when,
    from whom and in which category, and why it is withheld."""
    stub = {
        "outcome": decision.outcome,
        "reason": decision.reason,
        "organisation": str(access_class.organisation),
        "category": access_class.category,
    }
    if decision.outcome != "full":
        return stub
    return stub | {
        "basis": decision.basis,
        "law": decision.law,
        "sensitivity": access_class.sensitivity,
        "case": str(access_class.case or ""),
    }


def full_entry(row: Stored, document: Document, alike: Mapping[str, Any], text: consents.OpenedText) -> timeline.Entry:
    clear = {name: value for name, value in document.data.items() if name != "personal"}
    return timeline.Entry(
        **alike,
        id=document.id,
        source=row.source,
        type=document.type,
        stream=document.subject,
        position=row.position,
        time=timestamp(row.time),
        recordedtime=timestamp(document.recordedtime),
        actor=document.actor,
        legalbasis=document.legalbasis,
        data=msgspec.json.encode(clear).decode(),
        personal=text.personal,
        erased=text.erased,
    )


def sealed_text(document: Document, class_index: int) -> consents.SealedText:
    personal = document.data.get("personal")
    sealed = read_sealed(personal) if personal else Sealed()
    return consents.SealedText(
        class_index=class_index,
        key=sealed.key,
        sealed=sealed.sealed,
        stream=document.subject,
        version=document.streamversion,
        type=document.type,
    )


def message(access_class: AccessClass) -> consents.AccessClass:
    return consents.AccessClass(
        organisation=str(access_class.organisation),
        category=access_class.category,
        sensitivity=access_class.sensitivity,
        case=str(access_class.case or ""),
    )


def chosen(question: timeline.GetTimeline) -> Filter:
    since, until = ends(question.period)
    return Filter(sources=question.sources, since=since, until=until)


def get_status(service: "Timelines", _question: timeline.GetStatus, _caller: Caller) -> timeline.Status:
    with service.pool.connection() as connection:
        sources = connection.execute("SELECT source, position FROM positions ORDER BY source").fetchall()
        entries = connection.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'entries'").fetchone()
        parked = connection.execute("SELECT count(*) FROM parked").fetchone()
    return timeline.Status(
        sources=[timeline.SourceStatus(source=source, position=position) for source, position in sources],
        entries=max(entries[0], 0) if entries else 0,
        parked=parked[0] if parked else 0,
    )


QUERIES: Final[dict[type[Message], Handler]] = {
    timeline.GetTimeline: get_timeline,
    timeline.GetStatus: get_status,
}
