"""The person who looks, as the session and the tokens know them."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from libs.eventlog import Context

PROFESSIONAL: Final = frozenset({"caseworker", "coordinator", "ngo_worker"})
"""Who works with citizens. A partner administrator keeps a profile and reads about nobody."""
CASEWORK: Final = frozenset({"caseworker", "coordinator"})

PURPOSES: Final = {
    "municipal_department": ("casework", "coordination"),
    "region": ("casework", "coordination", "treatment"),
    "ngo": ("mentoring", "housing_support", "coordination"),
    "volunteer_centre": ("mentoring", "housing_support", "coordination"),
    "housing_association": ("housing_support", "coordination"),
    "treatment": ("treatment", "coordination"),
}
"""What kinds of organisation usually look for; the first is proposed, and the reader may choose any other."""


class Person(msgspec.Struct, frozen=True):
    person: str
    """Random id; a citizen's own id for a citizen."""
    organisation: str
    role: str
    unit: str = ""
    kind: str = ""
    """The organisation's kind."""

    @property
    def purposes(self) -> tuple[str, ...]:
        """Purposes to choose from, the usual one first."""
        if self.role == "auditor":
            return ("audit",)
        if self.role == "citizen":
            return ("own_access",)
        return PURPOSES.get(self.kind, ("casework", "coordination", "mentoring", "treatment", "housing_support"))

    def asking(self, traceparent: str = "") -> Context:
        """The caller of a question or a command: who asks, now."""
        now = datetime.now(UTC)
        return Context(
            command_id="",
            actor=self.person,
            organisation=self.organisation,
            role=self.role,
            unit=self.unit,
            now=now,
            occurred=now,
            traceparent=traceparent,
        )


EVERYBODY: Final = Person("gateway", "", "operator")
"""In whose name is asked what is open to all, signed in or not: the gateway itself, and no organisation."""


def of_session(session: dict[str, Any]) -> Person | None:
    """The signed-in person of a session."""
    try:
        return msgspec.convert(session["person"], Person)
    except (KeyError, msgspec.ValidationError):
        return None


def sign_in(session: dict[str, Any], person: Person) -> None:
    """Begins a session anew: nothing of an earlier one stays."""
    session.clear()
    session["person"] = msgspec.to_builtins(person)
