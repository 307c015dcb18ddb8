"""What an organisation says of itself and of a service besides what it publishes. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from samspor.partners.v1 import partners_pb2 as partners

from services.partners.errors import AddressMalformed, HoursMalformed, SituationsCrossed
from services.partners.events import (
    EligibilityStated,
    OpeningHours,
    OrganisationDescribed,
    OrganisationRegistered,
    ServiceDescribed,
)
from services.partners.facets import clock, minute_of
from services.partners.reply import ADDRESS, PHONE
from services.vocabulary import word, words

WEBSITE: Final = re.compile(r"(https?://)?[^\s/:@<>\"]+\.[^\s<>\"]+").fullmatch


def registered(command: partners.RegisterOrganisation) -> OrganisationRegistered:
    return OrganisationRegistered(
        kind=command.kind,
        name=command.name,
        description=command.description,
        email=command.email,
        website=command.website,
        parent=command.parent,
    )


def described_service(command: partners.DescribeService) -> ServiceDescribed:
    """Raises HoursMalformed."""
    return ServiceDescribed(
        service=command.service,
        areas=said(command.areas),
        languages=words(command.languages),
        hours=tuple(dict.fromkeys(map(opening, command.hours))),
        accessibility=command.accessibility,
    )


def opening(hours: partners.OpeningHours) -> OpeningHours:
    opens, closes = minute_of(hours.opens), minute_of(hours.closes)
    if opens is None or closes is None or opens == closes:
        raise HoursMalformed(field="hours")
    return OpeningHours(word(hours.day), clock(opens), clock(closes))


def stated(command: partners.StateEligibility) -> EligibilityStated:
    """Raises SituationsCrossed for a situation that is both asked for and excluded."""
    terms = command.eligibility
    if crossed := set(terms.situations) & set(terms.excluded_situations):
        raise SituationsCrossed(situations=", ".join(sorted(crossed)))
    return EligibilityStated(
        service=command.service,
        genders=words(terms.genders),
        municipalities=said(terms.municipalities),
        languages=words(terms.languages),
        situations=words(terms.situations),
        excluded_situations=words(terms.excluded_situations),
    )


def described_organisation(command: partners.DescribeOrganisation) -> OrganisationDescribed:
    """Raises AddressMalformed."""
    ways = {name: getattr(command, name).strip() for name in ("email", "website", "phone")}
    for (name, text), fits in zip(ways.items(), (ADDRESS, WEBSITE, PHONE), strict=True):
        if text and not fits(text):
            raise AddressMalformed(field=name)
    return OrganisationDescribed(description=command.description, **ways)


def said(texts: Iterable[str]) -> tuple[str, ...]:
    """Each once, in their order, without blanks around them."""
    return tuple(dict.fromkeys(filter(None, (text.strip() for text in texts))))
