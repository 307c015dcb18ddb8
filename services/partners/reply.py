"""Where an organisation is sent links to referrals, and the code that its people know.

The code is the second factor of a link: scrypt (RFC 7914, N=2^15, r=8, p=1: some 60 ms and 32 MB a try) of it stands in
a table of its own, where a new one takes its place. Whoever asks whether a code is right counts the wrong ones.
"""

import hmac
import os
import re
from collections.abc import Sequence
from hashlib import scrypt
from typing import TYPE_CHECKING, Final

import msgspec
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Event
from services.partners.errors import AddressMalformed, CodeTooShort
from services.partners.events import ReplyChannelSet
from services.vocabulary import Language, word

if TYPE_CHECKING:
    from services.partners.service import Partners

SHORTEST: Final = 6
"""Characters of a code: with five tries at each link, one guess in 200,000 of six digits."""
COST: Final = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}
ADDRESS: Final = re.compile(r"[^\s@<>\",;:]+@[^\s@<>\",;:]+").fullmatch
PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{5,20}").fullmatch
PUT: Final = """
    INSERT INTO reply_codes VALUES (%s, %s, %s, %s) ON CONFLICT (organisation)
    DO UPDATE SET version = excluded.version, salt = excluded.salt, digest = excluded.digest
    WHERE reply_codes.version < excluded.version
"""


class Channel(msgspec.Struct, frozen=True):
    email: str = ""
    phone: str = ""
    language: Language = "da"


def decide_channel(channel: Channel, command: partners.SetReplyChannel) -> Sequence[Event]:
    """Raises AddressMalformed, CodeTooShort: neither repeats what was written."""
    wanted = Channel(command.email.strip(), command.phone.strip(), word(command.language))
    for field, text, fits in (("email", wanted.email, ADDRESS), ("phone", wanted.phone, PHONE)):
        if text and not fits(text):
            raise AddressMalformed(field=field)
    if command.code and len(normal(command.code)) < SHORTEST:
        raise CodeTooShort(least=SHORTEST)
    if wanted == channel and not command.code:
        return []
    return [
        ReplyChannelSet(
            email=wanted.email, phone=wanted.phone, language=wanted.language, code_changed=bool(command.code)
        )
    ]


def set_reply_channel(service: "Partners", request: partners.SetReplyChannel, caller: Context) -> common.Recorded:
    from services.partners.handlers import change_organisation

    recorded = change_organisation(service, request, caller)
    if request.code:
        salt = os.urandom(16)
        with service.pool.connection() as connection:
            connection.execute(
                PUT, [request.organisation, recorded.version, salt, scrypt(normal(request.code), salt=salt, **COST)]
            )
    return recorded


def check_reply_code(
    service: "Partners", question: partners.CheckReplyCode, caller: Context
) -> partners.ReplyCodeChecked:
    """As much work for an organisation that has no code as for any other."""
    service.authorizer.require(caller, "CheckReplyCode", {"organisation": question.organisation, "role": ""})
    with service.pool.connection() as connection:
        row = connection.execute(
            "SELECT salt, digest FROM reply_codes WHERE organisation = %s", [question.organisation]
        ).fetchone()
    salt, digest = row or (bytes(16), b"")
    right = hmac.compare_digest(scrypt(normal(question.code), salt=bytes(salt), **COST), bytes(digest))
    return partners.ReplyCodeChecked(right=right)


def normal(code: str) -> bytes:
    """Case and blanks do not count: people type it on phones."""
    return "".join(code.split()).casefold().encode()
