"""A citizen's household: who belongs to it, as far as the reader may know; linked and unlinked by staff."""

from typing import Any, Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import head
from services.gateway.pages.find import checked, number_field, number_of, numbered_citizen
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, word


def relatives(visit: Visit) -> list[dict[str, Any]]:
    question = consents_pb2.ListHousehold(citizen=visit.path("citizen"))
    found = visit.ask(question, consents_pb2.Household).relatives
    names = visit.names(one.citizen for one in found)
    return [
        {
            "link": one.link,
            "citizen": one.citizen,
            "name": names.get(one.citizen, ""),
            "relation": word("household_relation", one.relation),
            "since": moment(one.since),
        }
        for one in found
    ]


def link(visit: Visit) -> Response:
    """The other is found by number; consents refuses one whom the person's organisation has nothing to do with."""
    back, shared = people_of(visit), head(visit, "", "")
    relation = Field(
        name="relation",
        label=gettext("What they are to the citizen"),
        kind="one_of_few",
        options=words("household_relation"),
    )
    form = Form((number_field(gettext("CPR number of the other")), relation), number_of(visit))

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Link a household"),
            subject=shared["name"],
            lead=gettext("The link is seen from the other's side as well. It gives nobody anything to read."),
            submit=gettext("Link them"),
            back=back,
        )

    if visit.request.method == "GET" or not checked(form):
        return again()
    command = consents_pb2.LinkHousehold(citizen=visit.path("citizen"))
    try:
        command.other = numbered_citizen(visit, form)
        return record(visit, form, command, again, lambda _id: visit.go(back, "notice.HOUSEHOLD_LINKED"))
    except Refused as refused:
        if refused.kind is not Kind.UNKNOWN:
            raise
        form.errors["identifier.value"] = gettext("find.NOBODY")
        return again()


def unlink(visit: Visit) -> Response:
    wanted, shared = visit.path("link"), head(visit, "", "")
    one = next((one for one in relatives(visit) if one["link"] == wanted), None)
    if one is None:
        raise Refused(Kind.UNKNOWN, "HOUSEHOLD_LINK_UNKNOWN", "")
    return confirm(
        visit,
        consents_pb2.UnlinkHousehold(citizen=visit.path("citizen"), link=wanted),
        notice="notice.HOUSEHOLD_UNLINKED",
        back=people_of(visit),
        title=gettext("Unlink a household"),
        subject=f"{shared['name']} – {one['name'] or gettext('A citizen')} ({one['relation'].lower()})",
        lead=gettext("They belong together no more, seen from either side."),
        submit=gettext("Unlink them"),
    )


def people_of(visit: Visit) -> str:
    return f"/citizens/{visit.path('citizen')}/people"


PAGES: Final = (
    Page("/citizens/{citizen}/household/new", link, PROFESSIONAL, link),
    Page("/citizens/{citizen}/household/{link}/unlink", unlink, PROFESSIONAL, unlink),
)
