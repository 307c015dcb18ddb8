"""Every promise of docs/promises.md and its campaign, by name."""

from collections.abc import Callable, Mapping
from typing import Final

from deploy.local.platform import Platform
from libs.spec.platforms import running_platform
from tests.promises import (
    away,
    content_free,
    controlling,
    deadlines,
    delivery,
    erasing,
    links,
    matrix,
    page_speed,
    placing,
    reading,
    replaying,
    searching,
    webhooks,
    withdrawing,
)
from tests.promises.figure import Campaign, Figure

TRACED: Final = {
    "SAMSPOR_OTLP_FILE": "{folder}/spans.jsonl",
    "SAMSPOR_TEXT_MESSAGES": f"http://127.0.0.1:{content_free.TEXTS}/",
}
"""Settings of a platform whose spans and text messages are searched as well."""

OnPlatform = Callable[[Platform, bool], Figure]
"""A campaign that leaves the platform as it should be, so that others may follow on it."""

READING: Final[dict[str, OnPlatform]] = {
    "ciphertext-only": reading.finds_no_plain_text,
    "no-record-no-answer": reading.shows_nothing_unrecorded,
    "withdrawal-holds-at-once": withdrawing.withdrawal_holds,
    "erasure-leaves-nothing": erasing.erasure_leaves_nothing,
    "control-finds-what-it-should": controlling.finds_what_it_should,
    "links": links.opens_nothing_for_strangers,
    "content-free": content_free.leaves_nothing_personal,
    "webhooks-arrive": webhooks.every_step_arrives,
    "same-replay": replaying.gives_the_same_bytes,
    "last-place": placing.the_last_place_is_had_once,
}
"""Those on a platform that is traced."""

WORKING: Final[dict[str, OnPlatform]] = {
    "delivery-under-kills": delivery.survives_kills,
    "delivery-after-a-wiped-broker": delivery.survives_a_wiped_broker,
    "delivery-under-duplicates": delivery.ignores_duplicates,
    "delivery-past-rubbish": delivery.parks_what_cannot_be_read,
    "page-speed": page_speed.pages_are_fast,
    "matrix": matrix.nothing_leaves_unlawfully,
    "consents-away": away.readers_are_told_while_consents_is_away,
}
"""Those on a platform as people use it."""


def alone(campaign: OnPlatform, settings: Mapping[str, str]) -> Campaign:
    """The campaign on a platform of its own."""

    def run(full: bool) -> Figure:
        with running_platform(settings) as platform:
            return campaign(platform, full)

    return run


PROMISES: Final[dict[str, Campaign]] = {
    **{name: alone(campaign, {}) for name, campaign in WORKING.items()},
    **{name: alone(campaign, TRACED) for name, campaign in READING.items()},
    "no-place-leaked": placing.no_place_is_leaked,
    "directory-search": searching.searches_are_fast,
    "referral-deadlines": deadlines.each_alarm_goes_off_once,
}
