"""The right of access (GDPR art. 15): all that is kept about the citizen as one file, to read and to take along."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from services.gateway.package.collect import Collected, collect
from services.gateway.package.folder import packed
from services.gateway.package.page import page_of
from services.gateway.package.record import record_of
from services.gateway.pages.citizen import head
from services.gateway.pages.forms import form_page
from services.gateway.visit import COMMAND, Page, Visit
from services.gateway.web.forms import Form
from services.gateway.web.languages import gettext, language

READERS: Final = frozenset({"citizen", "auditor"})
"""Others read the timeline."""


def package(visit: Visit) -> Response:
    return form_page(
        visit,
        Form((), visit.filled),
        title=gettext("Everything that is kept"),
        subject=head(visit, "", "")["name"],
        lead=gettext(
            "You get one file with a page to read and print, and the same for programs. It holds what is written, on"
            " which ground, and who has looked. Each look that this takes is written down."
        ),
        submit=gettext("Download the file"),
        back=f"/citizens/{visit.path('citizen')}/rights",
    )


def download(visit: Visit) -> Response:
    collected = collect(
        lambda question, answer: visit.ask(question, answer, COMMAND), visit.path("citizen"), visit.purpose
    )
    made, names = datetime.now(UTC), visit.organisations(organisations_in(collected))
    files = {
        "index.html": page_of(collected, names, made, language()).encode(),
        "record.json": record_of(collected, names, made),
    }
    # The name says when, and not about whom: it stays behind in a list of downloads.
    name = f"samspor-{made:%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(packed(files), media_type="application/zip", headers=headers)


def organisations_in(collected: Collected) -> Iterator[str]:
    yield from (entry.organisation for entry in collected.entries)
    yield from (basis.organisation for basis in collected.bases)
    for look in collected.looks:
        who = (agent["who"].get("reference", "") for agent in look["agent"])
        yield from (reference.removeprefix("urn:uuid:") for reference in who if reference.startswith("urn:uuid:"))


PAGES: Final = (Page("/citizens/{citizen}/package", package, READERS, download),)
