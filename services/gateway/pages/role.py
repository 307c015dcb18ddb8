"""The role profile: what an organisation can do and cannot, shown to all and kept by its administrator."""

from typing import Final

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.pages.forms import form_page, record
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Field, Form, choose, words
from services.gateway.web.languages import gettext, listed, word

ADMINISTRATORS: Final = frozenset({"partner_administrator"})


def profile_lines(profile: partners_pb2.RoleProfile) -> list[tuple[str, list[str]]]:
    """(label, its texts) of what is said; the codes in words before the organisation's own."""
    lines = [
        (gettext("Can"), [listed("partner_role", profile.roles), profile.can]),
        (gettext("Cannot"), [listed("partner_role", profile.excluded_roles), profile.cannot]),
        (gettext("Works within"), [listed("partner_frame", profile.frame_codes), profile.frame]),
        (gettext("Has"), [listed("partner_resource", profile.resource_codes), profile.resources]),
        (gettext("Works together"), [word("collaboration_degree", profile.degree) if profile.degree else ""]),
    ]
    said = [(label, [text for text in texts if text]) for label, texts in lines]
    return [(label, texts) for label, texts in said if texts]


def describe(visit: Visit) -> Response:
    """Only the own profile: another organisation's has no such page."""
    organisation = visit.path("organisation")
    if organisation != visit.who.organisation:
        return refusals.not_found(visit)
    back = f"/organisations/{organisation}"
    known = visit.ask(partners_pb2.GetOrganisation(organisation=organisation), partners_pb2.Organisation)
    form = Form(fields(), visit.filled or filled(known.role_profile))

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Describe our role"),
            lead=gettext("Others must know what they can trust you with, and what not, before they ask."),
            submit=gettext("Save"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    command = partners_pb2.DescribeRole(organisation=organisation)
    return record(visit, form, command, again, lambda _id: visit.go(back, "notice.ROLE"))


def fields() -> tuple[Field, ...]:
    return (
        Field(name="roles", label=gettext("Roles you can fill"), kind="many", options=words("partner_role")),
        Field(name="can", label=gettext("What you can do"), kind="long", rows=3),
        Field(
            name="excluded_roles", label=gettext("Roles you cannot fill"), kind="many", options=words("partner_role")
        ),
        Field(name="cannot", label=gettext("What you cannot do"), kind="long", rows=3),
        Field(name="frame_codes", label=gettext("Your frame"), kind="many", options=words("partner_frame")),
        Field(
            name="frame",
            label=gettext("What you work within"),
            hint=gettext("Laws, funding, volunteers, opening hours."),
            kind="long",
            rows=3,
        ),
        Field(name="resource_codes", label=gettext("What you have"), kind="many", options=words("partner_resource")),
        Field(name="resources", label=gettext("More about what you have"), kind="long", rows=3, optional=True),
        Field(
            name="degree",
            label=gettext("The closest you work together with others"),
            kind="one",
            options=choose(words("collaboration_degree")),
            optional=True,
        ),
    )


def filled(profile: partners_pb2.RoleProfile) -> dict[str, list[str]]:
    """The profile as the form has it."""
    values = {one.name: getattr(profile, one.name) for one in fields()}
    return {name: [value] if isinstance(value, str) else list(value) for name, value in values.items()}


PAGES: Final = (Page("/organisations/{organisation}/role", describe, ADMINISTRATORS, describe),)
