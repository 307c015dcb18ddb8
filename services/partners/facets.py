"""What of an HSDS document a service is searched by besides its words: area, languages, access, opening hours. Pure."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any, Final, NamedTuple

from services.partners.documents import terms_of
from services.partners.words import fold
from services.vocabulary import VOCABULARIES

DAYS: Final = VOCABULARIES["weekday"]
DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
"""Minutes."""
OF_ADDRESS: Final = ("postal_code", "city", "region", "state_province")
OF_AREA: Final = ("name", "description")

Span = tuple[int, int]
"""From a minute of the week to another, which is outside."""


class Facets(NamedTuple):
    marks: list[str]
    """A kind and a value each: no word of a text is one (words.fold)."""
    hours: list[Span]


AREA, LANGUAGE, TOPIC, CATEGORY, ACCESSIBLE = "@area:", "@language:", "@topic:", "@category:", "@accessible"


def facets_of(document: Mapping[str, Any], today: str) -> Facets:
    """`today`: an ISO date; a schedule that ended before it is none."""
    addresses = [str(one.get(name) or "") for one in listed(document, "addresses") for name in OF_ADDRESS]
    areas = [str(one.get(name) or "") for one in listed(document, "service_areas") for name in OF_AREA]
    marks = {AREA + word for text in (*addresses, *areas) for word in fold(text)}
    marks |= {LANGUAGE + word for one in listed(document, "languages") for word in fold(str(one.get("code") or ""))[:1]}
    marks |= {TOPIC + term.lower() for term in terms_of(document)[0]}
    marks |= {ACCESSIBLE for one in listed(document, "accessibility") if one.get("description") or one.get("details")}
    return Facets(sorted(marks), [span for one in listed(document, "schedules") for span in spans(one, today)])


def listed(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in document.get(name) or () if isinstance(one, dict)]


def spans(schedule: Mapping[str, Any], today: str) -> Iterator[Span]:
    """Of a schedule that comes again each week or day. Until midnight, and past it, where it closes before it opens."""
    opens, closes = minute_of(schedule.get("opens_at")), minute_of(schedule.get("closes_at"))
    ended = any(str(schedule.get(name) or today)[:10] < today for name in ("valid_to", "until"))
    if opens is None or closes is None or opens == closes or ended or int(schedule.get("interval") or 1) != 1:
        return
    frequency = str(schedule.get("freq") or "").upper()
    days = str(schedule.get("byday") or "").upper().replace(" ", "").split(",")
    for number, day in enumerate(DAYS):
        if day in days or (frequency == "DAILY" and days == [""]):
            begins = number * DAY + opens
            ends = number * DAY + closes + (DAY if closes < opens else 0)
            yield begins, min(ends, WEEK)
            if ends > WEEK:
                yield 0, ends - WEEK


def minute_of(text: object) -> int | None:
    """Of a day; None where it is no time."""
    hours, _, rest = str(text or "").strip().partition(":")
    try:
        read = time.fromisoformat(f"{hours.zfill(2)}:{rest}")
    except ValueError:
        return None
    return read.hour * 60 + read.minute


def clock(minute: int) -> str:
    """As HH:MM."""
    return f"{minute // 60:02}:{minute % 60:02}"


def multirange(hours: list[Span]) -> str:
    """As PostgreSQL reads an int4multirange."""
    return "{" + ",".join(f"[{begins},{ends})" for begins, ends in hours) + "}"
