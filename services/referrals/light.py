"""Light replies: what the recipient of a referral does from a link in a mail, without an account.

Whoever holds the link may know which service is asked, and say yes or no. Who it is about is told after the yes, to
whoever also knows the organisation's reply code; consents then decides and writes the reading down in the name of the
organisation. The gateway asks in the role light_reply, which is good for what stands here and for nothing else. About
this one referral, and no other, the holder then asks the other services as a worker of the recipient does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.eventlog import new_id
from libs.host.calls import Caller
from libs.host.repeats import unless_repeated
from libs.host.times import timestamp
from services.referrals.errors import CodeBusy, CodeWrong, LinkOver, LinkUnknown, StepNotByLink
from services.referrals.handlers import bases_of, execute, step_allowed
from services.referrals.link import TRIES, AskLink, ByLink, Link, WrongCode, find, readable, status
from services.referrals.placing import places_counted, with_place
from services.referrals.referral import REFERRAL, Referral
from services.referrals.token import digest_of

if TYPE_CHECKING:
    from services.referrals.service import Referrals

KNOWN: Final = "SELECT referral::text, link::text FROM reply_links WHERE digest = %s AND sent IS NOT NULL"
TRYING: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
WORKER: Final = "ngo_worker"
"""The role that reads least of those that work with citizens."""
REGISTERED: Final = "consents.CitizenRegistered.v1"


class Held(NamedTuple):
    """A link in somebody's hand."""

    referral: Referral
    link: Link
    version: int


def held(service: "Referrals", request: Any, caller: Caller) -> Held:
    """What a token leads to. Raises RoleMissing, LinkUnknown."""
    service.authorizer.require(caller, type(request).__name__, {"side": ""})
    with service.pool.connection() as connection:
        row = connection.execute(KNOWN, [digest_of(request.token)]).fetchone()
    if row is None:
        raise LinkUnknown
    loaded = service.log.load(REFERRAL, row[0])
    return Held(loaded.state, find(loaded.state, row[1]), loaded.version)


def recipient(found: Held, caller: Caller) -> Caller:
    """The caller as somebody at the recipient, to whom the link was sent."""
    return replace(caller, organisation=found.referral.recipient, actor=f"link:{found.link.id}")


def get_reply_link(service: "Referrals", question: referrals.GetReplyLink, caller: Caller) -> referrals.ReplyLink:
    """Changes nothing, whoever asks however often."""
    referral, link, _ = held(service, question, caller)
    return referrals.ReplyLink(
        referral=referral.id,
        recipient=referral.recipient,
        service=referral.service,
        priority=referral.priority,
        until=timestamp(link.until),
        kind=link.kind,
        status=status(referral, link, caller.now),
        referral_status=referral.status,
        readable=readable(referral, link, caller.now),
    )


def act_by_link(service: "Referrals", request: referrals.ActByLink, caller: Caller) -> common.Recorded:
    """Takes the step, and uses the link up where that is its end."""
    found = held(service, request, caller)
    caller = recipient(found, caller)
    chosen = request.WhichOneof("step")
    step, counted = getattr(request, chosen) if chosen else None, False
    with unless_repeated(service.log, caller):
        if step is None or step.referral != found.referral.id:
            raise StepNotByLink
        over = status(found.referral, found.link, caller.now)
        if over != "open":
            raise LinkOver(status=over)
        if found.link.kind == "report":
            check_code(service, found, request.code, caller)
        if chosen == "accept":
            bases_of(service, found.referral, replace(caller, role=WORKER))
            counted = places_counted(service, found.referral, replace(caller, role=WORKER))
    command = ByLink(found.link.id, step, code=found.link.kind == "report", counted=counted)
    recorded = execute(service, found.referral.id, command, caller)
    return with_place(service, recorded, caller) if chosen == "accept" else recorded


def open_by_link(service: "Referrals", question: referrals.OpenByLink, caller: Caller) -> referrals.OpenedByLink:
    """Raises LinkOver before the referral is accepted, and CodeWrong."""
    found = held(service, question, caller)
    caller = recipient(found, caller)
    check_code(service, found, question.code, caller)
    worker = replace(caller, role=WORKER)
    referral = found.referral
    asked = timeline.GetTimeline(
        citizen=referral.citizen,
        purpose=referral.purpose,
        sources=["referrals", "consents"],
        page=common.PageRequest(size=200),
    )
    shown = service.clients.ask(asked, timeline.Timeline, worker)
    answer = referrals.OpenedByLink(categories=referral.categories, access=shown.access)
    for entry in shown.entries:
        if entry.stream == referral.id:
            answer.reason = entry.personal.get("reason", "") or answer.reason
        elif entry.type == REGISTERED:
            answer.phone, answer.address = (entry.personal.get(name, "") for name in ("phone", "address"))
    named = consents.Identify(citizens=[referral.citizen], purpose=referral.purpose)
    identified = service.clients.ask(named, consents.Identified, worker)
    answer.name = identified.identities[0].name if identified.identities else ""
    return answer


def renew_reply_link(service: "Referrals", request: referrals.RenewReplyLink, caller: Caller) -> common.Recorded:
    found = held(service, request, caller)
    return execute(service, found.referral.id, AskLink(found.link.id), recipient(found, caller))


def revoke_reply_links(service: "Referrals", request: referrals.RevokeReplyLinks, caller: Caller) -> common.Recorded:
    with unless_repeated(service.log, caller):
        step_allowed(service, request, caller)
    return execute(service, request.referral, request, caller)


def check_code(service: "Referrals", found: Held, code: str, caller: Caller) -> None:
    """Counts a wrong try before it is told. Raises LinkOver, CodeWrong, CodeBusy."""
    with one_at_a_time(service, found.link.id):
        referral = service.log.load(REFERRAL, found.referral.id).state
        link = find(referral, found.link.id)
        if not readable(referral, link, caller.now):
            raise LinkOver(status=status(referral, link, caller.now))
        asked = partners.CheckReplyCode(organisation=referral.recipient, code=code or " ")
        if service.clients.ask(asked, partners.ReplyCodeChecked, caller).right:
            return
        execute(service, referral.id, WrongCode(link.id), replace(caller, command_id=new_id()))
        raise CodeWrong(left=TRIES - link.wrong - 1)


@contextmanager
def one_at_a_time(service: "Referrals", link: str) -> Iterator[None]:
    """Codes are tried one after the other, so that nobody tries a hundred while the first is being counted."""
    with service.pool.connection() as connection, connection.transaction():
        row = connection.execute(TRYING, [link]).fetchone()
        if not row or not row[0]:
            raise CodeBusy
        yield


LIGHT_HANDLERS: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.ActByLink: act_by_link,
    referrals.RenewReplyLink: renew_reply_link,
    referrals.RevokeReplyLinks: revoke_reply_links,
}
LIGHT_QUERIES: Final[Mapping[type[Message], Callable[["Referrals", Any, Caller], Message]]] = {
    referrals.GetReplyLink: get_reply_link,
    referrals.OpenByLink: open_by_link,
}
