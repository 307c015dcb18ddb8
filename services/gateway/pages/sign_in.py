"""Signing in as a demo persona, and out. With an identity provider there are no personas (services/gateway/oidc.py)."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Final

import msgspec
from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import RedirectResponse, Response

from libs.eventlog import Context
from services.gateway import refusals
from services.gateway.person import Person, sign_in
from services.gateway.visit import Page, Visit
from services.gateway.web.languages import gettext


class Persona(msgspec.Struct, frozen=True):
    """Somebody to be in a demonstration. Invented people only."""

    name: str
    person: Person

    @property
    def role(self) -> str:
        return self.person.role

    @property
    def key(self) -> str:
        return f"{self.person.organisation}/{self.person.person}"


def personas(visit: Visit) -> list[tuple[str, list[Persona]]]:
    """The directory's members by organisation, citizens in a group of their own and last."""
    clients, now = visit.site.clients, datetime.now(UTC)
    caller = Context(command_id="", actor="gateway", organisation="", role="operator", now=now, occurred=now)
    members = clients.ask(partners_pb2.ListMembers(), partners_pb2.MemberList, caller).members
    ids = sorted({member.organisation for member in members})[:200]
    question = partners_pb2.ListOrganisations(ids=ids, page=common_pb2.PageRequest(size=200))
    answer = clients.ask(question, partners_pb2.OrganisationList, caller) if ids else partners_pb2.OrganisationList()
    known = {one.id: one for one in answer.organisations}
    groups: dict[str, list[Persona]] = defaultdict(list)
    for member in members:
        if member.role == "operator" or member.organisation not in known:
            continue
        organisation = known[member.organisation]
        person = Person(member.person, member.organisation, member.role, member.unit, organisation.kind)
        group = "" if member.role == "citizen" else organisation.name
        groups[group].append(Persona(member.name, person))
    citizens = groups.pop("", [])
    return [*sorted(groups.items()), *([(gettext("Citizens"), citizens)] if citizens else [])]


def page(visit: Visit) -> Response:
    settings = visit.site.settings
    allowed = settings.personas_allowed
    return visit.page(
        "sign_in.html",
        provider=settings.oidc_issuer,
        allowed=allowed,
        groups=personas(visit) if allowed else [],
    )


def choose(visit: Visit) -> Response:
    """Becomes a persona; there is no such page where personas may not sign in."""
    if not visit.site.settings.personas_allowed:
        return refusals.not_found(visit)
    wanted = (visit.filled.get("persona") or [""])[-1]
    found = next((one for _, group in personas(visit) for one in group if one.key == wanted), None)
    if found is None:
        return page(visit)
    return entered(visit, found.person)


def entered(visit: Visit, person: Person) -> Response:
    """Begins the session and goes to the page that was asked for first."""
    following = str(visit.request.session.get("next", "/"))
    sign_in(visit.request.session, person)
    # Only a path of ours: `//host` and `/\host` would lead away.
    safe = following.startswith("/") and not following.startswith(("//", "/\\"))
    return RedirectResponse(following if safe else "/", 303)


def sign_out(visit: Visit) -> Response:
    visit.request.session.clear()
    return RedirectResponse("/sign-in", 303)


def to_start(_visit: Visit) -> Response:
    return RedirectResponse("/", 303)


PAGES: Final = (
    Page("/sign-in", page, post=choose),
    Page("/sign-out", to_start, post=sign_out),
)
