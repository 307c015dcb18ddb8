"""Deadlines of referrals as iCalendar (RFC 5545). A calendar is read by others than its owner: it names nobody.

Neither who it is about, nor what, nor who asks; the link leads to a page that says it to whoever may know.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from samspor.referrals.v1 import referrals_pb2

from services.gateway.web.dates import moment
from services.gateway.web.languages import gettext

MEDIA_TYPE: Final = "text/calendar"
LASTS: Final = timedelta(minutes=15)
EVERY: Final = timedelta(hours=1)
"""How often a calendar should look again (RFC 7986)."""
WAITING: Final = {"acknowledge_by": ("requested",), "reply_by": ("requested", "received")}
"""Deadline -> statuses in which it still counts, unless it waits for a place; otherwise its entry is cancelled."""


def calendar_of(referrals: Iterable[referrals_pb2.Referral], base: str) -> bytes:
    """`base`: where the pages are, for instance `https://samspor.example`."""
    made = Calendar()
    made.add("prodid", "-//Samspor//Referrals//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Samspor")
    made.add("refresh-interval", EVERY, {"value": "DURATION"})
    made.add("x-published-ttl", EVERY)
    for referral in referrals:
        for entry in entries(referral, base):
            made.add_component(entry)
    found: bytes = made.to_ical()
    return found


def entries(referral: referrals_pb2.Referral, base: str) -> Iterator[Event]:
    """One for each deadline: the same UID for ever, and a SEQUENCE that grows with the referral."""
    titles = {
        "acknowledge_by": gettext("Samspor: say that you have seen it"),
        "reply_by": gettext("Samspor: reply deadline"),
    }
    for name, title in titles.items():
        if at := moment(getattr(referral, name)):
            yield entry(referral, name, title, at, base)


def entry(referral: referrals_pb2.Referral, name: str, title: str, at: datetime, base: str) -> Event:
    """Times are instants (RFC 5545 section 3.3.5, form 2): by the clock on the wall an hour of October comes twice."""
    counts = referral.status in WAITING[name] and not referral.business_status
    made, ends = Event(), at.astimezone(UTC)
    made.add("uid", f"{referral.id}-{name.replace('_', '-')}@samspor")
    made.add("sequence", referral.version)
    made.add("dtstamp", (moment(referral.changed) or at).astimezone(UTC))
    made.add("dtstart", ends - LASTS)
    made.add("dtend", ends)
    made.add("summary", title)
    made.add("url", f"{base}/referrals/{referral.id}")
    made.add("class", "PRIVATE")
    made.add("transp", "TRANSPARENT")
    made.add("status", "CONFIRMED" if counts else "CANCELLED")
    return made
