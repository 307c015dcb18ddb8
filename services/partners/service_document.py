"""What an organisation says of a service, as HSDS entities inside the service's document, and read from them again.

HSDS 3.0 has `accessibility` at locations alone. Who helps on the phone or at people's homes has none, so that it stands
at the service here, which the schema allows; a search reads it at either.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from libs.eventlog import derived_id
from services.partners.documents import Document
from services.partners.facets import DAYS, clock, listed, minute_of
from services.vocabulary import VOCABULARIES

SAID: Final = ("languages", "service_areas", "schedules", "accessibility")


def described_of(data: Mapping[str, Any], known: Mapping[str, Any]) -> Document:
    """`known`, with what ServiceDescribed says in place of what it said of the same."""
    access = data.get("accessibility", "")
    entities: dict[str, list[Document]] = {
        "languages": [{"code": code} for code in data.get("languages", ())],
        "service_areas": [{"name": name} for name in data.get("areas", ())],
        "schedules": [
            {"freq": "WEEKLY", "byday": one["day"], "opens_at": one["opens"], "closes_at": one["closes"]}
            for one in data.get("hours", ())
        ],
        "accessibility": [{"description": access}] if access else [],
    }
    said = {
        name: [{"id": derived_id(data["service"], f"{name} {number}"), **one} for number, one in enumerate(ones)]
        for name, ones in entities.items()
        if ones
    }
    return {name: value for name, value in known.items() if name not in SAID} | said


def told_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of partners.Service."""
    codes = (str(one.get("code") or "") for one in listed(document, "languages"))
    return {
        "areas": [str(one["name"]) for one in listed(document, "service_areas") if one.get("name")],
        "languages": [code for code in dict.fromkeys(codes) if code in VOCABULARIES["spoken_language"]],
        "hours": [hours for one in listed(document, "schedules") for hours in weekly(one)],
        "accessibility": " ".join(
            str(one["description"]) for one in listed(document, "accessibility") if one.get("description")
        ),
    }


def weekly(schedule: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """A row for each day of a schedule that comes each week."""
    opens, closes = (minute_of(schedule.get(name)) for name in ("opens_at", "closes_at"))
    if opens is None or closes is None or str(schedule.get("freq") or "").upper() != "WEEKLY":
        return
    days = str(schedule.get("byday") or "").upper().replace(" ", "").split(",")
    for day in DAYS:
        if day in days:
            yield {"day": day, "opens": clock(opens), "closes": clock(closes)}
