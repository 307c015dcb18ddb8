"""Identifiers as they are checked and found again. The number itself is sealed; only its keyed digest is looked up."""

from datetime import date
from typing import Any, Final

from psycopg_pool import ConnectionPool

from libs.eventlog import new_id
from services.consents.errors import IdentifierMalformed
from services.consents.vault import Blinder

CPR: Final = "urn:oid:1.2.208.176.1.2"
"""OID of the Danish civil registration number."""
WEIGHTS: Final = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
"""Of modulus 11 (CPR-kontoret, "Personnummeret i CPR")."""


class Identities:
    def __init__(self, pool: "ConnectionPool[Any]", blinder: Blinder) -> None:
        self._pool, self._blinder = pool, blinder

    def find(self, system: str, value: str) -> str | None:
        """The citizen that a normal identifier belongs to."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT citizen::text FROM identities WHERE digest = %s", [self._blinder.digest(system, value)]
            ).fetchone()
        return row[0] if row else None

    def claim(self, system: str, value: str) -> str:
        """The citizen that a normal identifier belongs to from now on: the first who asks gives it a new id."""
        with self._pool.connection() as connection:
            row = connection.execute(
                "INSERT INTO identities (digest, citizen) VALUES (%s, %s) ON CONFLICT DO NOTHING"
                " RETURNING citizen::text",
                [self._blinder.digest(system, value), new_id()],
            ).fetchone()
        found = row[0] if row else self.find(system, value)
        assert found is not None
        return str(found)


def normal(system: str, value: str) -> str:
    """The identifier in the form that is compared. Raises IdentifierMalformed, without the value."""
    value = value.strip()
    return normal_cpr(value) if system == CPR else value


def normal_cpr(value: str) -> str:
    """Ten digits. Modulus 11 is no test: since 2007 numbers are given that fail it (cpr.dk).

    The first six are a date; a day raised by 60 marks an administrative number.
    """
    digits = value.replace("-", "", 1).replace(" ", "", 1)
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        raise IdentifierMalformed(system=CPR)
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if not any(is_date(century + year, month, day % 60 or day) for century in (1800, 1900, 2000)):
        raise IdentifierMalformed(system=CPR)
    return digits


def warnings_of(system: str, value: str) -> list[str]:
    """What is odd about a normal identifier that is accepted: a number that is mistyped mostly fails modulus 11."""
    odd = system == CPR and sum(int(digit) * weight for digit, weight in zip(value, WEIGHTS, strict=True)) % 11
    return ["IDENTIFIER_MODULUS_11"] if odd else []


def is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
