"""Where an organisation is, and whether others may know: kept by its administrator."""

from collections.abc import Callable
from typing import Final

from google.protobuf.message import Message
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.pages.forms import confirm
from services.gateway.visit import Page, Visit
from services.gateway.web.languages import gettext

KEEPERS: Final = frozenset({"partner_administrator"})


def hide(visit: Visit) -> Response:
    return asked(
        visit,
        partners_pb2.RedactLocation,
        notice="notice.SITE_HIDDEN",
        title=gettext("Hide the address"),
        lead=gettext("Only your own organisation sees where it is: nobody finds it by name, town or postal code."),
        submit=gettext("Hide the address"),
        variant="warning",
    )


def show(visit: Visit) -> Response:
    return asked(
        visit,
        partners_pb2.ShowLocation,
        notice="notice.SITE_SHOWN",
        title=gettext("Show the address to everybody"),
        lead=gettext("Everybody can read it, also people who are not signed in."),
        submit=gettext("Show the address"),
    )


def asked(visit: Visit, command: Callable[..., Message], *, notice: str, **shown: str) -> Response:
    """Only of the own organisation: another's has no such page."""
    organisation, back = visit.path("organisation"), f"/organisations/{visit.path('organisation')}"
    if organisation != visit.who.organisation:
        return refusals.not_found(visit)
    message = command(organisation=organisation, location=visit.path("location"))
    return confirm(visit, message, notice=notice, back=back, **shown)


SITE: Final = "/organisations/{organisation}/sites/{location}"
PAGES: Final = (
    Page(f"{SITE}/hide", hide, KEEPERS, hide),
    Page(f"{SITE}/show", show, KEEPERS, show),
)
