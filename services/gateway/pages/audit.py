"""Where an auditor begins: states the ground first, and reads after that."""

from datetime import datetime, timedelta
from typing import Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from services.gateway.pages.forms import form_page, record
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import HERE
from services.gateway.web.forms import Field, Form
from services.gateway.web.languages import gettext

LAW: Final = "audit"
"""Code of the law reference for supervision and audit (services/consents/law.toml)."""
USUAL: Final = timedelta(days=30)


def begin(visit: Visit) -> Response:
    fields = (
        Field(
            name="citizen",
            label=gettext("The citizen's id"),
            hint=gettext("It stands in the complaint, in the sample, or in the address of the citizen's page."),
        ),
        Field(name="period.until", label=gettext("The audit ends"), kind="date", day="ends"),
    )
    form = Form(fields, visit.filled or {"period.until": [(datetime.now(HERE).date() + USUAL).isoformat()]})

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Begin an audit"),
            lead=gettext(
                "The ground of the audit is written down, and so is all that you read. The citizen can see it."
            ),
            submit=gettext("Begin"),
            back="/help",
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.EstablishBasis(purposes=["audit"]),
        again,
        lambda _id: visit.go(f"/citizens/{form.value('citizen')}"),
        organisation=visit.who.organisation,
        law=LAW,
    )


PAGES: Final = (Page("/audit", begin, frozenset({"auditor"}), begin),)
