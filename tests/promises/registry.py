"""Every promise of docs/promises.md and its campaign, by name."""

from collections.abc import Callable
from typing import Final

from deploy.local.platform import Platform
from libs.spec.platforms import running_platform
from tests.promises import (
    away,
    controlling,
    delivery,
    erasing,
    links,
    matrix,
    page_speed,
    placing,
    reading,
    replaying,
    withdrawing,
)
from tests.promises.figure import Campaign, Figure

Harmless = Callable[[Platform, bool], Figure]
"""A campaign that leaves the platform as it should be."""

TRACED: Final = {"SAMSPOR_OTLP_FILE": "{folder}/spans.jsonl"}
"""Settings of the platform that they run on: spans are searched as well."""

READING: Final[dict[str, Harmless]] = {
    "ciphertext-only": reading.finds_no_plain_text,
    "no-record-no-answer": reading.shows_nothing_unrecorded,
    "withdrawal-holds-at-once": withdrawing.withdrawal_holds,
    "erasure-leaves-nothing": erasing.erasure_leaves_nothing,
    "control-finds-what-it-should": controlling.finds_what_it_should,
    "links": links.opens_nothing_for_strangers,
    "same-replay": replaying.gives_the_same_bytes,
}


def alone(campaign: Harmless) -> Campaign:
    """The campaign on a platform of its own."""

    def run(full: bool) -> Figure:
        with running_platform(TRACED) as platform:
            return campaign(platform, full)

    return run


PROMISES: Final[dict[str, Campaign]] = {
    "delivery-under-kills": delivery.survives_kills,
    "delivery-after-a-wiped-broker": delivery.survives_a_wiped_broker,
    "delivery-under-duplicates": delivery.ignores_duplicates,
    "delivery-past-rubbish": delivery.parks_what_cannot_be_read,
    "consents-away": away.readers_are_told_while_consents_is_away,
    "page-speed": page_speed.pages_are_fast,
    "no-place-leaked": placing.no_place_is_leaked,
    "last-place": placing.the_last_place_is_had_once,
    "matrix": alone(matrix.nothing_leaves_unlawfully),
    **{name: alone(campaign) for name, campaign in READING.items()},
}
