"""Tells two commands with the same id apart, and tells whoever has only the database nothing of what they said."""

import hmac
from typing import Any

import msgspec

from libs.eventlog.decider import Context


def message(command: Any) -> bytes:
    """Raises AttributeError for what is no protobuf message."""
    content: bytes = command.SerializeToString(deterministic=True)
    return content


def fingerprint(command: Any, context: Context, secret: bytes = b"") -> bytes:
    """16 bytes over the command's content and who gave it: HMAC-SHA-256 with `secret`, cut off.

    A command holds personal text in the clear. Without a secret kept elsewhere, a plain digest beside the events would
    let a thief try numbers, names and telephones until one fits: all dates and serials of a CPR number take seconds.

    `command` is a protobuf message, or what msgspec encodes, with protobuf messages in it or not.

    The stream is no part of it: a client that repeats the making of a record is given a new stream each time.
    """
    if hasattr(command, "SerializeToString"):
        content = message(command)
    else:
        content = msgspec.msgpack.encode(command, order="deterministic", enc_hook=message)
    who = f"{type(command).__name__}\0{context.organisation}\0{context.actor}\0".encode()
    return hmac.digest(secret, who + content, "sha256")[:16]
