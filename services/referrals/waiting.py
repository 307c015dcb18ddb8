"""The wait-list of a service, by priority and then by time; and where a referral was sent on to."""

from collections.abc import Iterable
from typing import Any, Final, get_args

import psycopg
from samspor.referrals.v1 import referrals_pb2 as referrals

from services.vocabulary import Priority

RANK: Final = f"array_position(ARRAY{list(get_args(Priority))}, priority)"
POSITIONS: Final = f"""
    SELECT id::text, position FROM (
        SELECT id, row_number() OVER (
            PARTITION BY recipient, service ORDER BY {RANK} DESC, waiting_since, id
        ) AS position
        FROM referral_lines WHERE business_status = 'waitlisted'
            AND (recipient, service) IN (SELECT recipient, service FROM referral_lines WHERE id = ANY(%(ids)s::uuid[]))
    ) AS waiting
    WHERE id = ANY(%(ids)s::uuid[])
"""  # noqa: S608 -- constants only
ONWARD: Final = """
    SELECT coalesce(recipient::text, ''), status, outcome FROM referral_lines
    WHERE part_of = %s AND reply_by IS NOT NULL
    ORDER BY changed, id
"""
"""Those that were requested: of a draft nobody else is told."""


def place(connection: psycopg.Connection[Any], found: Iterable[referrals.Referral]) -> None:
    """Say of those that wait how many stand before them."""
    waiting = {one.id: one for one in found if one.business_status == "waitlisted"}
    if not waiting:
        return
    for id_, position in connection.execute(POSITIONS, {"ids": list(waiting)}):
        waiting[id_].wait_position = position


def onward_of(connection: psycopg.Connection[Any], referral: str) -> list[referrals.Onward]:
    rows = connection.execute(ONWARD, [referral])
    return [
        referrals.Onward(recipient=recipient, status=status, outcome=outcome) for recipient, status, outcome in rows
    ]
