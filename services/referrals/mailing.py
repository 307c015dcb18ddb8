"""Links on their way: a referral that is requested, or accepted, leads to a link; a loop sends what is due.

First the link is written down (ReplyLinkSent), then it is sent, then that it was sent. Whatever fails in between, the
same link goes out again, in a mail with the same Message-ID. No mail names anybody or anything.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from libs.eventlog import Context, Refusal, derived_id
from libs.host import clock, logs
from libs.host.post import NotSent, Post
from services.referrals.events import ReferralAccepted, ReferralReminded, ReferralRequested, ReplyLinkAsked
from services.referrals.link import LIFETIME, SendLink
from services.referrals.referral import REFERRAL
from services.referrals.token import Tokens, digest_of

if TYPE_CHECKING:
    from services.referrals.service import Referrals

Connection = psycopg.Connection[Any]

LONGEST_PAUSE: Final = timedelta(hours=1)
AT_ONCE: Final = 20
NEW: Final = """
    INSERT INTO reply_links (link, digest, referral, recipient, kind, reminder, until)
    SELECT %(link)s, %(digest)s, id, recipient, %(kind)s, %(reminder)s,
        least(%(until)s, CASE %(kind)s WHEN 'answer' THEN reply_by END)
    FROM referral_lines WHERE id = %(referral)s AND recipient IS NOT NULL ON CONFLICT DO NOTHING
"""
DUE: Final = """
    SELECT l.link::text, l.digest, l.referral::text, l.kind, l.until,
        coalesce(nullif(a.own_email, ''), a.email) AS email, a.phone, a.language, l.tries, l.reminder
    FROM reply_links l JOIN reply_addresses a ON a.organisation = l.recipient
    WHERE l.sent IS NULL AND NOT l.dropped AND l.next_try <= now() AND coalesce(nullif(a.own_email, ''), a.email) <> ''
    ORDER BY l.next_try LIMIT 1 FOR UPDATE OF l SKIP LOCKED
"""


class Words(msgspec.Struct, frozen=True):
    """Of one language; `{link}` stands for the address."""

    subject: str
    answer: str
    report: str
    text_message: str
    reminder_subject: str
    reminder: str
    reminder_text_message: str


WORDS: Final = msgspec.toml.decode((Path(__file__).parent / "mail.toml").read_bytes(), type=Mapping[str, Words])


class Due(NamedTuple):
    link: str
    digest: str
    referral: str
    kind: str
    until: datetime
    email: str
    phone: str
    language: str
    tries: int
    reminder: bool


def when_referral_requested_send_link(service: "Referrals", connection: Connection, events: Sequence[Received]) -> None:
    """A link to answer by, and after a yes one to report by; a new one for who asked, and with each reminder."""
    for event in events:
        kind = (
            event.data.get("kind", "") if event.envelope.type == ReplyLinkAsked.type else KINDS.get(event.envelope.type)
        )
        if not kind:
            continue
        link = link_of(event.envelope.subject, event.envelope.streamversion)
        until = datetime.fromisoformat(event.envelope.recordedtime) + LIFETIME
        digest = digest_of(service.tokens.of(link))
        values = {"link": link, "digest": digest, "referral": event.envelope.subject, "kind": kind, "until": until}
        values |= {"reminder": event.envelope.type == ReferralReminded.type}
        connection.execute(NEW, values)


KINDS: Final = {ReferralRequested.type: "answer", ReferralReminded.type: "answer", ReferralAccepted.type: "report"}


def link_of(referral: str, version: int) -> str:
    """The link that an event of a referral leads to."""
    return derived_id(referral, f"reply link after {version}")


def send_links(service: "Referrals") -> None:
    """What is due now, one after the other. Called again and again; two workers do not send the same."""
    for _ in range(AT_ONCE):
        if not send_one(service):
            return


def send_one(service: "Referrals") -> bool:
    """False: nothing is due."""
    with service.pool.connection() as connection, connection.transaction():
        row = connection.execute(DUE).fetchone()
        if row is None:
            return False
        due = Due(*row)
        try:
            write_down(service, due)
            send(service.post, service.tokens, service.address, due)
        except Refusal as over:
            if over.kind is over.kind.UNAVAILABLE:
                raise
            connection.execute("UPDATE reply_links SET dropped = true WHERE link = %s", [due.link])
        except NotSent as problem:
            pause = min(timedelta(seconds=2 ** min(due.tries, 12)), LONGEST_PAUSE)
            connection.execute(
                "UPDATE reply_links SET tries = tries + 1, next_try = now() + %s WHERE link = %s", [pause, due.link]
            )
            logs.logger("referrals").warning("a link was not sent", link=due.link, **logs.failure(problem))
        else:
            connection.execute("UPDATE reply_links SET sent = now() WHERE link = %s", [due.link])
    return True


def write_down(service: "Referrals", due: Due) -> None:
    """Raises LinkOver for a referral that waits for nothing any more."""
    now = clock.now()
    context = Context(
        command_id=derived_id(due.link, "send"),
        actor="policy:when_referral_requested_send_link",
        organisation=service.log.load(REFERRAL, due.referral).state.sender,
        role="service",
        now=now,
        occurred=now,
    )
    command = SendLink(due.link, due.kind, due.digest, due.until, due.reminder)  # type: ignore[arg-type]  # the column's own words
    service.log.execute(REFERRAL, due.referral, command, context)


def send(post: Post, tokens: Tokens, address: str, due: Due) -> None:
    """Raises NotSent."""
    words = WORDS.get(due.language, WORDS["da"])
    link = f"{address.rstrip('/')}/svar/{tokens.of(due.link)}"
    if due.reminder:
        subject, text, message = words.reminder_subject, words.reminder, words.reminder_text_message
    else:
        subject, message = words.subject, words.text_message
        text = words.answer if due.kind == "answer" else words.report
    post.mail(due.email, subject, text.format(link=link), message=due.link)
    if due.phone:
        post.text(due.phone, message.format(link=link))


def note_addresses(connection: Connection, events: Sequence[Received]) -> None:
    for event in events:
        data = {**event.data, "organisation": event.envelope.subject}
        if statement := ADDRESSES_OF.get(event.envelope.type):
            connection.execute(statement, {name: data.get(name, "") for name in FIELDS})


FIELDS: Final = ("organisation", "email", "phone", "language")
OWN: Final = """
    INSERT INTO reply_addresses (organisation, email) VALUES (%(organisation)s, %(email)s)
    ON CONFLICT (organisation) DO UPDATE SET email = excluded.email
"""
SET: Final = """
    INSERT INTO reply_addresses (organisation, own_email, phone, language)
    VALUES (%(organisation)s, %(email)s, %(phone)s, %(language)s)
    ON CONFLICT (organisation) DO UPDATE SET own_email = excluded.own_email, phone = excluded.phone,
        language = excluded.language
"""
ADDRESSES_OF: Final = {
    "partners.OrganisationRegistered.v1": OWN,
    "partners.OrganizationImported.v1": OWN,
    "partners.ReplyChannelSet.v1": SET,
}
ADDRESSES: Final = Projection(name="reply_addresses", apply=note_addresses, bulk=(), keyed=("reply_addresses",))
