"""The root of all refusals: one clear answer with a reason code, the same in gRPC, REST, CLI and tests."""

from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal, from which gRPC and HTTP statuses follow (libs/host/errors.py)."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    """The state does not allow it."""
    STALE = "stale"
    """Somebody else was first."""
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


class Refusal(Exception):
    """A command or question that is answered with no.

    A subclass names the reason: `class ConsentMissing(Refusal)`. `reason` is its stable code, `message` the English
    sentence with `{names}` filled from `details`. Details are never personal: ids, codes, names of fields.
    """

    kind: ClassVar[Kind]
    reason: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, **details: str | int) -> None:
        self.details = {name: str(value) for name, value in details.items()}
        super().__init__(self.message.format(**self.details))


class VersionStale(Refusal):
    kind = Kind.STALE
    reason = "VERSION_STALE"
    message = "The record is at version {actual}, not {expected}: {by} changed it first. Read it again and repeat."


class EventTooLarge(Refusal):
    kind = Kind.TOO_LARGE
    reason = "EVENT_TOO_LARGE"
    message = "The entry is {size} bytes as recorded; at most {most} are accepted. Shorten the text."


class CommandReused(Refusal):
    kind = Kind.CONFLICT
    reason = "COMMAND_ID_REUSED"
    message = "Command id {command_id} was used for another command. Make a new id."


class LogUnavailable(Refusal):
    kind = Kind.UNAVAILABLE
    reason = "LOG_UNAVAILABLE"
    message = "The event log did not answer within {seconds} seconds. Repeat the command with the same command id."
