"""Every promise of docs/promises.md and its campaign, by name."""

from typing import Final

from tests.promises import delivery, reading, replaying
from tests.promises.figure import Campaign

PROMISES: Final[dict[str, Campaign]] = {
    "delivery-under-kills": delivery.survives_kills,
    "delivery-after-a-wiped-broker": delivery.survives_a_wiped_broker,
    "delivery-under-duplicates": delivery.ignores_duplicates,
    "delivery-past-rubbish": delivery.parks_what_cannot_be_read,
    "ciphertext-only": reading.finds_no_plain_text,
    "no-record-no-answer": reading.shows_nothing_unrecorded,
    "withdrawal-holds-at-once": reading.withdrawal_holds,
    "same-replay": replaying.gives_the_same_bytes,
}
