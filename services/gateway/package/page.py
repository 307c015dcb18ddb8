"""index.html: the package for people. One file that loads nothing and runs nothing; every text in it is escaped."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from samspor.consents.v1 import consents_pb2 as consents

from services.gateway.package.collect import CONSENTS, Collected
from services.gateway.timeline import law, row
from services.gateway.web.dates import HERE, long_date, moment
from services.gateway.web.languages import gettext, use, word

ROOM: Final = Path(__file__).parent
WORDS: Final[dict[str, dict[str, str]]] = tomllib.loads((ROOM / "words.toml").read_text())
"""Language -> the page's own words; the rest are those of the gateway's pages."""
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(ROOM), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


class Look(NamedTuple):
    time: datetime
    organisation: str
    purpose: str
    seen: str
    withheld: str


class Line(NamedTuple):
    """A basis."""

    organisation: str
    kind: str
    law: str
    categories: str
    purposes: str
    since: str
    until: str
    status: str


def page_of(collected: Collected, names: Mapping[str, str], made: datetime, language: str) -> str:
    use(language)
    return TEMPLATES.get_template("page.html").render(
        language=language,
        own=WORDS[language],
        _=gettext,
        word=word,
        long_date=long_date,
        made=made.astimezone(HERE),
        collected=collected,
        rows=[row(each, names, {}) for each in collected.entries],
        bases=[line_of(each, names) for each in collected.bases],
        looks=[look_of(each, names) for each in collected.looks],
    )


def line_of(basis: consents.Basis, names: Mapping[str, str]) -> Line:
    since, until = moment(getattr(basis.period, "from")), moment(basis.period.until)
    return Line(
        organisation=names.get(basis.organisation, basis.organisation),
        kind=word("basis_kind" if basis.kind in CONSENTS else "legal_ground", basis.kind),
        law=law(basis.law) if basis.law else "",
        categories=", ".join(word("category", each) for each in basis.categories),
        purposes=", ".join(word("purpose", each) for each in basis.purposes),
        since=long_date(since) if since else "",
        until=long_date(until) if until else "",
        status=word("basis_status", basis.status),
    )


def look_of(event: Mapping[str, Any], names: Mapping[str, str]) -> Look:
    """An AuditEvent as services/consents/exports/balp.py writes it."""
    organisation = next((each["who"]["reference"] for each in event["agent"] if "reference" in each["who"]), "")
    return Look(
        time=datetime.fromisoformat(event["recorded"]).astimezone(HERE),
        organisation=names.get(organisation.removeprefix("urn:uuid:"), organisation),
        purpose=word("purpose", event["purposeOfEvent"][0]["coding"][0]["code"]),
        seen=", ".join(counted(event, "seen")),
        withheld=", ".join(counted(event, "withheld")),
    )


def counted(event: Mapping[str, Any], name: str) -> Iterator[str]:
    """family (3), housing (1)."""
    for detail in (each for entity in event["entity"] for each in entity.get("detail", [])):
        if detail["type"] == name:
            category, _, count = detail["valueString"].partition(": ")
            yield f"{word('category', category).lower()} ({count})"
