"""Reply links of a referral: its recipient answers, and later reports, from a mail and without an account. Pure.

They stand in the referral's own stream: an answer and the use of the link that it came by are one append, and a link
is over the moment that its referral is answered, or taken back, by any other way. Nobody has to be told.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Context, Event
from services.referrals.errors import LinkOver, LinksTooMany, LinkUnknown, StepNotByLink
from services.referrals.events import (
    ReplyCodeRefused,
    ReplyLinkAsked,
    ReplyLinkSent,
    ReplyLinksRevoked,
    ReplyLinkUsed,
)
from services.vocabulary import ReplyLinkKind

if TYPE_CHECKING:
    from services.referrals.referral import Referral

LIFETIME: Final = timedelta(days=14)
"""Longest that a link is good for."""
TRIES: Final = 5
"""Wrong codes after which a link is locked."""
MOST: Final = 20
"""Links of one referral: each new one grants new tries of the code."""
ANSWERS: Final = (referrals.AcceptReferral, referrals.RejectReferral)
REPORTS: Final = (referrals.ReportContact, referrals.CompleteReferral)
AWAITED: Final = ("requested", "received")
"""An answer is due."""
UNDER_WAY: Final = ("accepted", "ready", "in-progress", "on-hold")


class Link(msgspec.Struct, frozen=True):
    id: str
    kind: ReplyLinkKind
    until: datetime
    used: bool = False
    revoked: bool = False
    wrong: int = 0
    """Wrong codes that were tried."""


class SendLink(msgspec.Struct, frozen=True):
    """A link is about to be sent."""

    link: str
    kind: ReplyLinkKind
    digest: str
    until: datetime
    reminder: bool = False


class ByLink(msgspec.Struct, frozen=True):
    """A step with the link it came by; its code, where it needs one, was right."""

    link: str
    step: Any
    code: bool
    counted: bool = False
    """Whether the service counts its places."""


class WrongCode(msgspec.Struct, frozen=True):
    link: str


class AskLink(msgspec.Struct, frozen=True):
    """A new link in place of this one."""

    link: str


COMMANDS: Final = (SendLink, ByLink, WrongCode, AskLink, referrals.RevokeReplyLinks)
EVENTS: Final = (ReplyLinkSent, ReplyLinkAsked, ReplyLinkUsed, ReplyCodeRefused, ReplyLinksRevoked)


def find(referral: "Referral", link_id: str) -> Link:
    """Raises LinkUnknown."""
    found = next((link for link in referral.links if link.id == link_id), None)
    if found is None:
        raise LinkUnknown
    return found


def status(referral: "Referral", link: Link, now: datetime) -> str:
    """What has become of the link (vocabulary reply_link_status)."""
    if link.revoked:
        return "revoked"
    if link.wrong >= TRIES:
        return "locked"
    if link.used:
        return "used"
    if now >= link.until:
        return "expired"
    return "open" if waits(referral, link.kind) else "revoked"


def waits(referral: "Referral", kind: ReplyLinkKind) -> bool:
    """Whether there is something that a link of this kind could be used for."""
    return referral.status in (AWAITED if kind == "answer" else UNDER_WAY)


def readable(referral: "Referral", link: Link, now: datetime) -> bool:
    """Whether the details may be read with the code: after acceptance, also by the link that it was accepted by."""
    usable = status(referral, link, now) == "open" or (status(referral, link, now) == "used" and now < link.until)
    return usable and referral.status in UNDER_WAY


def expected_of(referral: "Referral") -> ReplyLinkKind:
    return "answer" if referral.status in AWAITED else "report"


def decide_link(referral: "Referral", command: Any, context: Context) -> Sequence[Event]:
    """All but the step itself, which is the referral's. Raises a Refusal."""
    about = {"citizen": referral.citizen, "case": referral.case, "category": "referral"}
    match command:
        case SendLink():
            if any(link.id == command.link for link in referral.links):
                return []
            ended = command.reminder and any(link.revoked for link in referral.links)
            if ended or not waits(referral, command.kind) or context.now >= command.until:
                raise LinkOver(status="revoked")
            return [
                ReplyLinkSent(**about, link=command.link, kind=command.kind, digest=command.digest, until=command.until)
            ]
        case WrongCode():
            link = find(referral, command.link)
            over = status(referral, link, context.now)
            if not readable(referral, link, context.now):
                raise LinkOver(status=over)
            return [ReplyCodeRefused(**about, link=link.id)]
        case AskLink():
            if status(referral, find(referral, command.link), context.now) == "revoked":
                raise LinkOver(status="revoked")
            if len(referral.links) >= MOST:
                raise LinksTooMany
            kind = expected_of(referral)
            if not waits(referral, kind):
                raise LinkOver(status="used")
            return [ReplyLinkAsked(**about, kind=kind)]
        case referrals.RevokeReplyLinks():
            alive = any(not link.revoked for link in referral.links)
            return [ReplyLinksRevoked(**about)] if alive else []
    return use(referral, command, about, context)


def use(referral: "Referral", command: ByLink, about: dict[str, str], context: Context) -> Sequence[Event]:
    """The use of the link that a step comes by. A report link is used up when the loop is closed."""
    link = find(referral, command.link)
    over = status(referral, link, context.now)
    if over != "open":
        raise LinkOver(status=over)
    if not isinstance(command.step, ANSWERS if link.kind == "answer" else REPORTS) or (
        link.kind == "report" and not command.code
    ):
        raise StepNotByLink
    last = link.kind == "answer" or isinstance(command.step, referrals.CompleteReferral)
    return [ReplyLinkUsed(**about, link=link.id)] if last else []


def evolve_links(links: tuple[Link, ...], event: Any) -> tuple[Link, ...]:
    change = msgspec.structs.replace
    match event:
        case ReplyLinkSent():
            return (*links, Link(event.link, event.kind, event.until))
        case ReplyLinkUsed():
            return tuple(change(link, used=True) if link.id == event.link else link for link in links)
        case ReplyCodeRefused():
            return tuple(change(link, wrong=link.wrong + 1) if link.id == event.link else link for link in links)
        case ReplyLinksRevoked():
            return tuple(change(link, revoked=True) for link in links)
    return links
