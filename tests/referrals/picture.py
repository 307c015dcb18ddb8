"""A referral as a simple model has it, from a table written down apart from the machine's."""

from dataclasses import dataclass, field
from typing import Final

TABLE: Final = {
    "draft": "requested cancelled",
    "requested": "received accepted rejected cancelled",
    "received": "accepted rejected cancelled",
    "accepted": "ready in-progress on-hold cancelled completed failed",
    "ready": "in-progress on-hold cancelled completed failed",
    "in-progress": "completed failed on-hold",
    "on-hold": "in-progress cancelled completed failed",
    "rejected": "",
    "cancelled": "",
    "completed": "",
    "failed": "",
}
"""DOMAIN section 3, with FHIR's received and ready between; and from each of these it is marked as made in error."""
ENDED: Final = ("rejected", "cancelled", "completed", "failed", "entered-in-error")
AWAITED: Final = ("requested", "received")


@dataclass
class Picture:
    """What a referral is, in the model's words."""

    id: str
    status: str = "draft"
    business: str = ""
    place: str = ""
    contacts: int = 0
    used: set[str] = field(default_factory=set)
    links: dict[str, bool] = field(default_factory=dict)
    """Link to answer by -> whether it was revoked."""
    raised: list[str] = field(default_factory=list)

    def may(self, to: str) -> bool:
        return self.status in TABLE and (to == "entered-in-error" or to in TABLE[self.status].split())

    def become(self, status: str, business: str = "") -> None:
        self.status, self.business = status, business
        if status in ENDED:
            self.place = ""

    def accept(self, counted: bool) -> None:
        """While a place is asked for, whoever accepts waits for the answer."""
        if self.place == "asked":
            return
        if counted:
            self.place = "asked"
        else:
            self.become("accepted")
            self.place = ""

    def is_open(self, link: str) -> bool:
        return not self.links[link] and link not in self.used and self.status in AWAITED
