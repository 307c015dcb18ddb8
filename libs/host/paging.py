"""Keyset paging: a page ends at a place, and the place's token begins the next. Offsets are not used: they grow slow.

A place is a NamedTuple of the columns that a list is ordered by. Its token is base64url of msgpack: opaque, not secret.
"""

import base64
import binascii
from typing import ClassVar, Final, TypeVar

import msgspec

from libs.eventlog.refusal import Kind, Refusal

DEFAULT_SIZE: Final = 50
LARGEST_SIZE: Final = 200

Place = TypeVar("Place")


class PageTokenMalformed(Refusal):
    kind: ClassVar = Kind.INVALID
    reason: ClassVar = "PAGE_TOKEN_MALFORMED"
    message: ClassVar = "The page token was not made by this service. Start again from the first page."


def token_of(place: object) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


def place_of(token: str, kind: type[Place]) -> Place | None:
    """The place a token stands for; None for the empty token, the first page. Raises PageTokenMalformed."""
    if not token:
        return None
    try:
        return msgspec.msgpack.decode(base64.b64decode(token + "=" * (-len(token) % 4), b"-_", True), type=kind)
    except (binascii.Error, ValueError) as error:
        raise PageTokenMalformed from error


def page_size(asked: int) -> int:
    """Rows of a page: what was asked for, 50 where nothing was, 200 at most."""
    return min(asked or DEFAULT_SIZE, LARGEST_SIZE)
