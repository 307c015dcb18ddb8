"""One request of one person: what a page's function gets, and what it can do."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from google.protobuf.message import Message
from samspor.consents.v1 import consents_pb2
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.eventlog import Kind
from libs.host.calls import Answer
from libs.host.errors import Refused
from services.gateway.person import Person
from services.gateway.web.forms import Filled
from services.gateway.web.rate import address_of

if TYPE_CHECKING:
    from services.gateway.site import Site

PATIENCE: Final = 1.5
"""Seconds that a page waits for a service, so that a reader is told within two what does not answer."""
COMMAND: Final = 5.0
"""Seconds that a command is waited for: its answer is worth more than its haste."""
MOST_NAMES: Final = 200
"""Citizens that one question to consents may name (consents.proto, Identify)."""

_uuid = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
_token = re.compile("[0-9A-Za-z_-]{43}").fullmatch


def is_id(text: str) -> bool:
    """Whether it is a UUID in the one form that addresses have."""
    return _uuid(text) is not None


@dataclass
class Visit:
    request: Request
    site: "Site"
    person: Person | None
    filled: Filled = field(default_factory=dict)
    """The form that was sent; empty for GET."""
    traceparent: str = ""

    @property
    def who(self) -> Person:
        """The signed-in person; routes that need one are never reached without."""
        if self.person is None:
            raise Refused(Kind.UNAUTHENTICATED, "TOKEN_MISSING", "Sign in first.")
        return self.person

    def ask(self, request: Message, answer: type[Answer], deadline: float = PATIENCE) -> Answer:
        """Asks a service, or commands it, as this person. Raises Refused."""
        return self.site.clients.ask(request, answer, self.who.asking(self.traceparent), deadline)

    def ask_as(
        self, role: str, actor: str, request: Message, answer: type[Answer], deadline: float = PATIENCE
    ) -> Answer:
        """In the name of whoever holds a secret address; the service knows whose it is."""
        asking = Person(actor, "", role).asking(self.traceparent)
        return self.site.clients.ask(request, answer, asking, deadline)

    @property
    def client(self) -> str:
        """The address that the request came from."""
        return address_of(self.request)

    def path(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def query(self, name: str, fallback: str = "") -> str:
        return self.request.query_params.get(name, fallback)

    def address(self, **changes: str | list[str] | None) -> str:
        """This page's address with some of its query changed; None and "" take a parameter away."""
        pairs = [(key, value) for key, value in self.request.query_params.multi_items() if key not in changes]
        for key, value in changes.items():
            pairs += [(key, one) for one in ([value] if isinstance(value, str) else value or []) if one]
        return self.request.url.path + (f"?{urlencode(pairs)}" if pairs else "")

    @cached_property
    def purpose(self) -> str:
        """Why the person looks: chosen in the address, else the usual one of their organisation."""
        asked = self.query("purpose")
        return asked if asked in self.who.purposes else self.who.purposes[0]

    def names(self, citizens: Iterable[str]) -> dict[str, str]:
        """Names of citizens, as far as this person may know them; each look is recorded by consents."""
        wanted = list(dict.fromkeys(filter(None, citizens)))[:MOST_NAMES]
        if not wanted:
            return {}
        request = consents_pb2.Identify(citizens=wanted, purpose=self.purpose)
        found = self.ask(request, consents_pb2.Identified)
        return {identity.citizen: identity.name for identity in found.identities}

    def organisations(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Names of organisations."""
        return self.site.directory.names(ids, self)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        return self.site.page(self, template, status, **values)

    def go(self, path: str, notice: str = "") -> Response:
        """On to another page after a change, which then says `notice` (a catalogue key) once."""
        if notice:
            self.request.session["notice"] = notice
        return RedirectResponse(path, 303)

    def warn(self, codes: Iterable[str]) -> None:
        """The next page says what is worth a second look of what was recorded (vocabulary warning)."""
        if said := [f"word.warning.{code}" for code in codes]:
            self.request.session["warnings"] = said


def is_token(text: str) -> bool:
    """Whether it can be the token of a reply link or of a calendar: 256 bits in base64url."""
    return _token(text) is not None


View = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """One row of a routing table. `roles`: who finds it there; for everybody else there is no such page."""

    path: str
    view: View
    roles: frozenset[str] = frozenset()
    """Empty: anybody, signed in or not."""
    post: View | None = None
    accepts: Callable[[str], bool] = is_id
    """What a variable part of the address may be; anything else leads nowhere."""
