"""The values of one entity: what HSDS accepts is kept, what it does not is dropped and said."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from cli.importers.entity import CORE, Entity
from cli.importers.findings import Finding, Findings, Weight, explain
from cli.importers.hsds_names import SHAPES, time_of_day, weekday
from services.partners.hsds import CLOSED, LONGEST_NAME

LONGEST_TEXT: Final = 20_000
URLS: Final = frozenset({"website", "url", "schedule_link"})
LINKS: Final = ("http", "https", "ftp", "mailto", "tel")
"""Schemes that may stand behind a link. Another one, `javascript:` say, is no address to go to."""
URIS: Final = frozenset({"uri", "term_uri"})
EMAILS: Final = frozenset({"email", "assurer_email"})
DATES: Final = frozenset({"valid_from", "valid_to", "dtstart", "until", "assured_date"})
EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+")
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+$")
STANDARD: Final = {
    "organization": ("description",),
    "address": ("address_1", "city", "state_province", "postal_code", "country"),
    "program": ("description",),
}
"""Fields that HSDS 3.0 requires and without which an entity can be used all the same."""
NEEDED: Final = {"organization_identifier": ("identifier",)}
"""Fields without which an entity says nothing."""


class Refused(Exception):
    """The row cannot be loaded."""

    def __init__(self, code: str, **about: str | int) -> None:
        self.code, self.message = code, explain(code, **about)
        super().__init__(self.message)


def clean(entity: Entity, findings: Findings) -> bool:
    """Puts the entity's fields in order; False, with a finding, when it cannot be loaded."""
    shown = Warnings(entity, findings)
    try:
        _values(entity, shown)
        _whole(entity, shown)
    except Refused as refused:
        weight = Weight.REFUSED if entity.kind in CORE else Weight.LEFT_OUT
        file, line, path = entity.source
        findings.add(Finding(file, line, refused.code, weight, refused.message, path))
        return False
    return True


class Warnings(NamedTuple):
    entity: Entity
    findings: Findings

    def add(self, code: str, **about: str | int) -> None:
        self.findings.add(self._finding(code, **about))

    def add_alike(self, code: str, **about: str | int) -> None:
        self.findings.add_alike(self._finding(code, **about))

    def _finding(self, code: str, **about: str | int) -> Finding:
        file, line, path = self.entity.source
        return Finding(file, line, code, Weight.WARNING, explain(code, **about), path)


def _values(entity: Entity, shown: Warnings) -> None:
    shape = SHAPES[entity.kind]
    for name, value in list(entity.fields.items()):
        kept: str | float | None
        if name in shape.number:
            kept = _number(name, value, shown)
        elif name in shape.text:
            kept = _text(entity, name, value, shown)
        else:
            continue
        if kept is None:
            del entity.fields[name]
        else:
            entity.fields[name] = kept


def _number(name: str, value: object, shown: Warnings) -> float | int | None:
    if isinstance(value, str):
        try:
            value = float(value.strip()) if "." in value else int(value.strip())
        except ValueError:
            value = None
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e12:
        shown.add("bad_number", field=name)
        return None
    if (name == "latitude" and abs(value) > 90) or (name == "longitude" and abs(value) > 180):
        shown.add("bad_coordinates", field=name)
    if name in ("minimum_age", "maximum_age") and not 0 <= value <= 150:
        shown.add("bad_number", field=name)
        return None
    return value


def _text(entity: Entity, name: str, value: object, shown: Warnings) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        shown.add("bad_type", field=name)
        return None
    if "\0" in value:
        raise Refused("control_character", field=name)
    most = LONGEST_NAME if name == "name" else LONGEST_TEXT
    if len(value) > most:
        raise Refused("field_too_long", field=name, value=len(value), most=most)
    text = value.strip()
    if closed := CLOSED.get((entity.kind, name)):
        return _closed(entity.kind, name, text, closed, shown)
    for names, code, right in CHECKS:
        if name in names and not right(text):
            shown.add(code, field=name)
            return text if names is DATES else None
    return text or None


def _closed(kind: str, name: str, text: str, words: tuple[str, ...], shown: Warnings) -> str | None:
    alike = {re.sub(r"[\s_-]+", " ", word).casefold(): word for word in words}
    if word := alike.get(re.sub(r"[\s_-]+", " ", text).casefold()):
        return word
    if text and (kind, name) == ("service", "status"):
        raise Refused("bad_status", value=text[:60])
    if text:
        shown.add("bad_value", field=name, value=", ".join(words))
    return None


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in LINKS and bool(parts.netloc or parts.path) and not re.search(r"\s", text)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


CHECKS: Final[tuple[tuple[frozenset[str], str, Callable[[str], bool]], ...]] = (
    (URLS, "bad_url", lambda text: not text or _is_url(text)),
    (URIS, "bad_uri", lambda text: not text or URI.match(text) is not None),
    (EMAILS, "bad_email", lambda text: not text or EMAIL.fullmatch(text) is not None),
    (DATES, "bad_date", lambda text: not text or _is_date(text)),
)


def _whole(entity: Entity, shown: Warnings) -> None:
    """What concerns more than one value, or its absence."""
    fields = entity.fields
    if "name" in SHAPES[entity.kind].required and not fields.get("name"):
        raise Refused("missing_name")
    for name in NEEDED.get(entity.kind, ()):
        if not fields.get(name):
            raise Refused("missing_field", field=name)
    for name in STANDARD.get(entity.kind, ()):
        if not fields.get(name):
            shown.add_alike("missing_field", field=name)
    match entity.kind:
        case "service":
            _service(fields, shown)
        case "location":
            fields.setdefault("location_type", "physical")
        case "address":
            fields.setdefault("address_type", "physical")
        case "phone" if sum(each.isalnum() for each in fields.get("number", "")) < 3 or not any(
            each.isdigit() for each in fields["number"]
        ):
            raise Refused("bad_phone")
        case "schedule":
            _schedule(fields, shown)
        case "organization_identifier":
            fields.setdefault("identifier_type", "unknown")


def _service(fields: dict[str, Any], shown: Warnings) -> None:
    if "status" not in fields:
        fields["status"] = "active"
        shown.add_alike("status_missing")
    if fields.get("maximum_age") and fields.get("minimum_age", 0) > fields["maximum_age"]:
        shown.add("ages_crossed")


def _schedule(fields: dict[str, Any], shown: Warnings) -> None:
    """1.x has one row per weekday; 2.0 and later have recurrence rules (RFC 5545), and hours as any text."""
    weekly = "weekday" in fields
    if (day := fields.pop("weekday", None)) is not None:
        if (byday := weekday(str(day))) is None:
            raise Refused("bad_weekday", value=str(day)[:40])
        fields |= {"freq": "WEEKLY", "byday": byday}
        if not fields.get("opens_at") and not fields.get("closes_at"):
            raise Refused("no_hours")
    for name in ("opens_at", "closes_at"):
        if fields.get(name):
            time = time_of_day(fields[name])
            if time is None and weekly:
                raise Refused("bad_time", field=name)
            if time is None:
                shown.add("unclear_time", field=name)
            fields[name] = time or fields[name]
