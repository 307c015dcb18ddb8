"""Who calls, and how a service calls the others: what handlers see of the host, without gRPC."""

from dataclasses import dataclass
from math import inf
from typing import Protocol, TypeVar

from google.protobuf.message import Message

from libs.eventlog.decider import Context
from libs.host.settings import DEADLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller(Context):
    """A Context that also knows which services the call came through, the last one first."""

    via: tuple[str, ...] = ()
    until: float = inf
    """By the monotonic clock: what other services are asked for this call must be answered by then."""


Answer = TypeVar("Answer", bound=Message)


class Clients(Protocol):
    """The other services, asked on a caller's behalf."""

    def ask(self, request: Message, answer: type[Answer], caller: Context, deadline: float = DEADLINE) -> Answer:
        """Sends `request` to the service whose proto declares it.

        `caller` is the person on whose behalf it is asked. `deadline` is in seconds; when the caller's own time is up
        before, that holds. Raises Refused with the other service's reason, or with UNAVAILABLE when there is no answer
        in time.
        """

    def close(self) -> None: ...
