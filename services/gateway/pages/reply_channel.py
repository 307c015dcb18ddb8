"""Where an organisation is sent links to referrals, and its reply code: kept by its administrator."""

from typing import Final

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway.pages.forms import form_page, record
from services.gateway.visit import Page, Visit
from services.gateway.web.forms import Field, Form, Option
from services.gateway.web.languages import gettext

KEEPERS: Final = frozenset({"partner_administrator"})
LANGUAGES: Final = (Option("da", "Dansk"), Option("sv", "Svenska"), Option("en", "English"))


def keep(visit: Visit) -> Response:
    organisation = visit.path("organisation")
    one = visit.ask(partners_pb2.GetOrganisation(organisation=organisation), partners_pb2.Organisation)
    channel = one.reply_channel
    now = {"email": [channel.email], "phone": [channel.phone], "language": [channel.language or "da"]}
    fields = (
        Field(
            name="email",
            label=gettext("Mail address for links"),
            hint=gettext("Empty: the organisation's own address."),
            optional=True,
        ),
        Field(name="phone", label=gettext("Phone for text messages"), optional=True),
        Field(name="language", label=gettext("Language of the mails"), kind="one", options=LANGUAGES),
        Field(
            name="code",
            label=gettext("New reply code"),
            hint=gettext("At least six characters. Tell it to your people, never in a mail. Empty: as before."),
            optional=True,
        ),
    )
    form, back = Form(fields, visit.filled or now), f"/organisations/{organisation}"

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Answer by link"),
            lead=gettext("Your people answer from a link in a mail. With the reply code they read who it is about."),
            submit=gettext("Save"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        partners_pb2.SetReplyChannel(),
        again,
        lambda _id: visit.go(back, "notice.REPLY_CHANNEL"),
        organisation=organisation,
    )


PAGES: Final = (Page("/organisations/{organisation}/reply", keep, KEEPERS, keep),)
