"""Who members of organisations are as citizens: kept as keyed digests, for control of the access log only."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg_pool import ConnectionPool

from libs.bus.received import Received
from services.consents.vault import Blinder

ADDRESS: Final = "urn:samspor:address"
"""The system that addresses are blinded under: their digests are no identifiers'."""
KEPT: Final = timedelta(days=400)
"""How long after they left what somebody looked at can be controlled; then it is forgotten who they were."""

PUT: Final = """
    INSERT INTO staff_identities (organisation, person, identity, address) VALUES (%s, %s, %s, %s)
    ON CONFLICT (organisation, person)
    DO UPDATE SET identity = excluded.identity, address = excluded.address, until = NULL
"""
LEFT: Final = "UPDATE staff_identities SET until = %s WHERE organisation = %s AND person = %s AND until IS NULL"
FORGET: Final = "DELETE FROM staff_identities WHERE until < %s"


class Digests:
    """What is found again without being kept. Needs the secret, and so an rpc process."""

    def __init__(self, pool: "ConnectionPool[Any]", blinder: Blinder) -> None:
        self._pool, self._blinder = pool, blinder

    def put_staff(self, organisation: str, person: str, system: str, value: str, address: str) -> None:
        """`value`: a normal identifier."""
        digest = self._blinder.digest(system, value)
        with self._pool.connection() as connection:
            connection.execute(PUT, [organisation, person, digest, self._address(address)])

    def put_address(self, citizen: str, address: str) -> None:
        if digest := self._address(address):
            with self._pool.connection() as connection:
                connection.execute(
                    "INSERT INTO citizen_addresses VALUES (%s, %s)"
                    " ON CONFLICT (citizen) DO UPDATE SET digest = excluded.digest",
                    [citizen, digest],
                )

    def forget_address(self, citizen: str) -> None:
        with self._pool.connection() as connection:
            connection.execute("DELETE FROM citizen_addresses WHERE citizen = %s", [citizen])

    def _address(self, address: str) -> bytes | None:
        words = normal_address(address)
        return self._blinder.digest(ADDRESS, words) if words else None


def normal_address(address: str) -> str:
    """The words and numbers of an address, in small letters: neither commas nor spaces make another address."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", address).casefold()))


def when_members_left_end_identities(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    """What they looked at before is controlled all the same, for a time."""
    for event in events:
        if event.envelope.type.split(".")[1] == "MemberRemoved":
            left = datetime.fromisoformat(event.envelope.recordedtime)
            connection.execute(LEFT, [left, event.envelope.subject, event.data["person"]])
            connection.execute(FORGET, [left - KEPT])
