"""The fields of a service as its organisation fills them in, and as they are known."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from babel.dates import get_day_names
from samspor.partners.v1 import partners_pb2

from services.gateway.pages import eligible
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, language, listed
from services.vocabulary import VOCABULARIES

DAYS: Final = VOCABULARIES["weekday"]
TIME: Final = r"([01]?[0-9]|2[0-3])(?:[:.]([0-5][0-9]))?"
SPAN: Final = re.compile(rf"\s*{TIME}\s*[-–]\s*{TIME}\s*").fullmatch
Known = Mapping[str, list[str]]


def published() -> tuple[Field, ...]:
    return (
        Field(name="name", label=gettext("Name of the service")),
        Field(name="description", label=gettext("What it is"), kind="long", optional=True),
        Field(name="categories", label=gettext("Category"), kind="many", options=words("category")),
        Field(name="status", label=gettext("Status"), kind="one", options=words("service_status")),
        Field(name="minimum_age", label=gettext("From age"), optional=True),
        Field(name="maximum_age", label=gettext("To age"), optional=True),
        Field(
            name="eligibility_description",
            label=gettext("Who it is for, in your own words"),
            kind="long",
            rows=3,
            optional=True,
        ),
    )


def of_published(service: partners_pb2.Service) -> Known:
    ages = {name: [str(age)] if (age := getattr(service, name)) else [] for name in ("minimum_age", "maximum_age")}
    texts = {name: [getattr(service, name)] for name in ("name", "description", "status", "eligibility_description")}
    return {**texts, **ages, "categories": list(service.categories)}


def described() -> tuple[Field, ...]:
    names = get_day_names("wide", context="stand-alone", locale=language())
    return (
        Field(
            name="area_list",
            label=gettext("Where you help"),
            hint=gettext("Postal codes, their first digits, or names, with commas between: 5000, 52, Odense."),
            optional=True,
        ),
        Field(name="languages", label=gettext("Languages you speak"), kind="many", options=words("spoken_language")),
        *(
            Field(
                name=f"hours_{day}",
                label=gettext("Open on %(day)s", day=names[number]),
                hint=gettext("Times as 9-12, 13-16. Empty: closed.") if not number else "",
                optional=True,
            )
            for number, day in enumerate(DAYS)
        ),
        Field(
            name="accessibility",
            label=gettext("How people with a disability get in"),
            kind="long",
            rows=3,
            optional=True,
        ),
    )


def of_described(service: partners_pb2.Service) -> Known:
    return {
        "area_list": [", ".join(service.areas)],
        "languages": list(service.languages),
        "accessibility": [service.accessibility],
        **{f"hours_{day}": [hours_on(day, service.hours)] for day in DAYS},
    }


def put_described(form: Form, command: partners_pb2.DescribeService) -> None:
    """What the message has in another shape than the form; a time that is none is said beside its day."""
    command.areas.extend(parts(form.value("area_list")))
    for day in DAYS:
        try:
            command.hours.extend(opening(day, form.value(f"hours_{day}")))
        except ValueError:
            form.errors[f"hours_{day}"] = gettext("violation.HOURS")


def opening(day: str, text: str) -> Iterator[partners_pb2.OpeningHours]:
    """Of one day, as "9-12, 13:30-16". Raises ValueError."""
    for part in parts(text):
        found = SPAN(part)
        if not found:
            raise ValueError(part)
        opens, closes = (f"{int(found[at]):02}:{found[at + 1] or '00'}" for at in (1, 3))
        if opens == closes:
            raise ValueError(part)
        yield partners_pb2.OpeningHours(day=day, opens=opens, closes=closes)


def hours_on(day: str, hours: Iterable[partners_pb2.OpeningHours]) -> str:
    return ", ".join(f"{one.opens}-{one.closes}" for one in hours if one.day == day)


def eligibility() -> tuple[Field, ...]:
    return (
        Field(name="eligibility.genders", label=gettext("Gender"), kind="many", options=words("gender")),
        Field(
            name="municipality_list",
            label=gettext("Live in the municipality"),
            hint=gettext("Names with commas between. Empty: anywhere."),
            optional=True,
        ),
        Field(
            name="eligibility.languages",
            label=gettext("Speak one of these"),
            kind="many",
            options=words("spoken_language"),
        ),
        Field(name="eligibility.situations", label=gettext("Must be so"), kind="many", options=words("situation")),
        Field(
            name="eligibility.excluded_situations",
            label=gettext("May not be so"),
            kind="many",
            options=words("situation"),
        ),
    )


def of_eligibility(service: partners_pb2.Service) -> Known:
    names = ("genders", "languages", "situations", "excluded_situations")
    return {
        "municipality_list": [", ".join(service.eligibility.municipalities)],
        **{f"eligibility.{name}": list(getattr(service.eligibility, name)) for name in names},
    }


def lines(service: partners_pb2.Service) -> list[tuple[str, str]]:
    """(label, text) of all that a service says besides its name and what it is."""
    names = get_day_names("abbreviated", context="stand-alone", locale=language())
    hours = [(names[number], hours_on(day, service.hours)) for number, day in enumerate(DAYS)]
    said = (
        (gettext("Where"), ", ".join(service.areas)),
        (gettext("Languages"), listed("spoken_language", service.languages)),
        (gettext("Open"), " · ".join(f"{day} {times}" for day, times in hours if times)),
        (gettext("Access"), service.accessibility),
    )
    return [line for line in (*said, *eligible.stated(service.eligibility)) if line[1]]


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
