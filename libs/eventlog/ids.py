"""Ids: made where effects are allowed, derived where they are not."""

from os import urandom
from time import time_ns
from typing import Final
from uuid import UUID, uuid5

VERSION_7: Final = 0x7 << 76
VARIANT: Final = 0b10 << 62
RANDOM: Final = (0xFFF << 64) | ((1 << 62) - 1)
"""Bits of a UUIDv7 that are random: rand_a and rand_b."""
MILLISECONDS: Final = ((1 << 48) - 1) << 80
"""Its bits that are the time."""


def new_id() -> str:
    """A UUIDv7 (RFC 9562 section 5.7): sorts by the millisecond it was made in, which keeps indexes small.

    Written out because every command needs several: the ready-made ones take three times as long.
    """
    return _version_7(time_ns() // 1_000_000 << 80, int.from_bytes(urandom(10), "big"))


def derived_id(cause: str, name: str) -> str:
    """The id that `cause` (a UUID) gives to what it calls `name`: the same one on each repetition.

    That of a UUIDv7 is one as well, of the same millisecond; that of any other UUID is a UUIDv5.
    """
    given = UUID(cause)
    hashed = uuid5(given, name)
    return _version_7(given.int & MILLISECONDS, hashed.int) if given.version == 7 else str(hashed)


def _version_7(milliseconds: int, random: int) -> str:
    digits = f"{milliseconds | VERSION_7 | VARIANT | random & RANDOM:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
