"""Names of organisations and their members, remembered for a minute: every page needs them, and they seldom change."""

import time
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Final

from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2

from libs.host.errors import Refused

if TYPE_CHECKING:
    from services.gateway.visit import Visit

REMEMBERED: Final = 60.0
"""Seconds."""
MOST: Final = 10_000
"""Names kept; past it all are forgotten and asked again."""


class Directory:
    """Thread-safe. Holds nothing about citizens."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, tuple[float, str, str]] = {}
        self._members: dict[str, tuple[float, tuple[partners_pb2.Member, ...]]] = {}

    def names(self, ids: Iterable[str], visit: "Visit") -> Mapping[str, str]:
        """Organisation id -> name; an id that nobody knows is missing. Raises Refused."""
        return {one: name for one, (name, _) in self._found(ids, visit).items()}

    def kinds(self, ids: Iterable[str], visit: "Visit") -> Mapping[str, str]:
        """Organisation id -> its kind. Raises Refused."""
        return {one: kind for one, (_, kind) in self._found(ids, visit).items()}

    def _found(self, ids: Iterable[str], visit: "Visit") -> dict[str, tuple[str, str]]:
        """Organisation id -> (name, kind)."""
        now = time.monotonic()
        wanted = [one for one in dict.fromkeys(ids) if one]
        with self._lock:
            known = {one: self._known[one] for one in wanted if one in self._known}
        found = {one: (name, kind) for one, (until, name, kind) in known.items() if until > now}
        missing = [one for one in wanted if one not in found]
        for start in range(0, len(missing), 200):
            asked = missing[start : start + 200]
            request = partners_pb2.ListOrganisations(ids=asked, page=common_pb2.PageRequest(size=200))
            answer = visit.ask(request, partners_pb2.OrganisationList)
            found |= {organisation.id: (organisation.name, organisation.kind) for organisation in answer.organisations}
        with self._lock:
            if len(self._known) > MOST:
                self._known.clear()
            self._known |= {one: (now + REMEMBERED, *found[one]) for one in missing if one in found}
        return found

    def remembered(self, organisation: str) -> str:
        """The last known name, however old, without asking: what a page's head shows must never hold the page up."""
        with self._lock:
            return self._known.get(organisation, (0.0, "", ""))[1]

    def members(self, visit: "Visit", organisation: str) -> tuple[partners_pb2.Member, ...]:
        """An organisation's members, where the viewer may know them: one's own, and an auditor's any."""
        role, now = visit.who.role, time.monotonic()
        if role == "citizen" or (role != "auditor" and organisation != visit.who.organisation):
            return ()
        with self._lock:
            until, kept = self._members.get(organisation, (0.0, ()))
        if until > now:
            return kept
        try:
            answer = visit.ask(partners_pb2.ListMembers(organisation=organisation), partners_pb2.MemberList)
        except Refused:
            return ()
        members = tuple(answer.members)
        with self._lock:
            if len(self._members) > MOST:
                self._members.clear()
            self._members[organisation] = (now + REMEMBERED, members)
        return members

    def people(self, visit: "Visit", organisation: str) -> Mapping[str, str]:
        """Person id -> name: where the viewer may not know them, a person stays unnamed."""
        return {member.person: member.name for member in self.members(visit, organisation)}

    def colleagues(self, visit: "Visit") -> Mapping[str, str]:
        """Person id -> name within the viewer's own organisation."""
        return self.people(visit, visit.who.organisation)
