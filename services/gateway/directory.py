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
        self._names: dict[str, tuple[float, str]] = {}
        self._colleagues: dict[str, tuple[float, dict[str, str]]] = {}

    def names(self, ids: Iterable[str], visit: "Visit") -> Mapping[str, str]:
        """Organisation id -> name; an id that nobody knows is missing. Raises Refused."""
        now = time.monotonic()
        wanted = [one for one in dict.fromkeys(ids) if one]
        with self._lock:
            found = {i: self._names[i][1] for i in wanted if i in self._names and self._names[i][0] > now}
        missing = [one for one in wanted if one not in found]
        for start in range(0, len(missing), 200):
            asked = missing[start : start + 200]
            request = partners_pb2.ListOrganisations(ids=asked, page=common_pb2.PageRequest(size=200))
            answer = visit.ask(request, partners_pb2.OrganisationList)
            found |= {organisation.id: organisation.name for organisation in answer.organisations}
        with self._lock:
            if len(self._names) > MOST:
                self._names.clear()
            self._names |= {one: (now + REMEMBERED, found[one]) for one in missing if one in found}
        return found

    def remembered(self, organisation: str) -> str:
        """The last known name, however old, without asking: what a page's head shows must never hold the page up."""
        with self._lock:
            return self._names.get(organisation, (0.0, ""))[1]

    def colleagues(self, visit: "Visit") -> Mapping[str, str]:
        """Person id -> name within the viewer's own organisation: elsewhere a person stays unnamed."""
        organisation, now = visit.who.organisation, time.monotonic()
        if visit.who.role == "citizen":
            return {}
        with self._lock:
            until, kept = self._colleagues.get(organisation, (0.0, {}))
        if until > now:
            return kept
        try:
            answer = visit.ask(partners_pb2.ListMembers(organisation=organisation), partners_pb2.MemberList)
        except Refused:
            return {}
        members = {member.person: member.name for member in answer.members}
        with self._lock:
            if len(self._colleagues) > MOST:
                self._colleagues.clear()
            self._colleagues[organisation] = (now + REMEMBERED, members)
        return members
