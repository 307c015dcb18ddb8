"""What an organisation shows on the open portal: its own offers and needs, written, changed and taken down."""

from typing import Any, Final

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import last_day_of, moment
from services.gateway.web.forms import Field, Filled, Form, choose, words
from services.gateway.web.languages import gettext

KEEPERS: Final = frozenset({"partner_administrator"})
PLAIN: Final = ("direction", "kind", "title", "description", "area", "contact")


def fields() -> tuple[Field, ...]:
    return (
        Field(
            name="direction",
            label=gettext("Do you offer it, or need it?"),
            kind="one_of_few",
            options=words("offer_direction"),
        ),
        Field(name="kind", label=gettext("What"), kind="one", options=choose(words("partner_resource"))),
        Field(name="title", label=gettext("Heading"), hint=gettext("Everybody can read it. Name no person.")),
        Field(name="description", label=gettext("More about it"), kind="long", rows=4, optional=True),
        Field(name="area", label=gettext("Where"), hint=gettext("For instance a town."), optional=True),
        Field(name="period.from", label=gettext("From"), kind="date", optional=True),
        Field(name="period.until", label=gettext("Until and including"), kind="date", day="ends", optional=True),
        Field(
            name="contact",
            label=gettext("How others reach you"),
            kind="one_of_few",
            options=words("offer_contact"),
        ),
    )


def offers(visit: Visit) -> Response:
    question = partners_pb2.ListOffers(organisation=visit.who.organisation)
    found = visit.ask(question, partners_pb2.PortalOfferList).offers
    return visit.page("offers.html", offers=[(one, last_day_of(one.period.until)) for one in found])


def offer_of(visit: Visit, offer: str) -> partners_pb2.PortalOffer:
    """One that is on the portal now. Raises Refused."""
    found = visit.ask(partners_pb2.ListOffers(offer=offer), partners_pb2.PortalOfferList).offers
    if not found:
        raise Refused(Kind.UNKNOWN, "OFFER_UNKNOWN", "No such offer.")
    return found[0]


def own(visit: Visit) -> partners_pb2.PortalOffer:
    one = offer_of(visit, visit.path("offer"))
    if one.organisation != visit.who.organisation:
        raise Refused(Kind.UNKNOWN, "OFFER_UNKNOWN", "No such offer.")
    return one


def publish(visit: Visit) -> Response:
    command = partners_pb2.PublishOffer(organisation=visit.who.organisation)
    return written(visit, command, {}, gettext("Show an offer or a need"))


def change(visit: Visit) -> Response:
    one = own(visit)
    filled: dict[str, list[str]] = {name: [getattr(one, name)] for name in PLAIN}
    days = {"from": moment(getattr(one.period, "from")), "until": last_day_of(one.period.until)}
    filled |= {f"period.{name}": [f"{day:%Y-%m-%d}"] for name, day in days.items() if day}
    return written(visit, partners_pb2.ChangeOffer(offer=one.id), filled, gettext("Change what is shown"))


def written(visit: Visit, command: Any, filled: Filled, title: str) -> Response:
    form = Form(fields(), visit.filled or filled)

    def again() -> Response:
        lead = gettext("It is shown to everybody, also without signing in, until you take it down.")
        return form_page(visit, form, title=title, lead=lead, submit=gettext("Show it"), back="/offers")

    if visit.request.method == "GET":
        return again()
    return record(visit, form, command, again, lambda _id: visit.go("/offers", "notice.OFFER"))


def withdraw(visit: Visit) -> Response:
    one = own(visit)
    return confirm(
        visit,
        partners_pb2.WithdrawOffer(offer=one.id),
        notice="notice.OFFER_WITHDRAWN",
        back="/offers",
        title=gettext("Take it down"),
        subject=one.title,
        submit=gettext("Take it down"),
        variant="warning",
    )


PAGES: Final = (
    Page("/offers", offers, KEEPERS),
    Page("/offers/new", publish, KEEPERS, publish),
    Page("/offers/{offer}/change", change, KEEPERS, change),
    Page("/offers/{offer}/withdraw", withdraw, KEEPERS, withdraw),
)
