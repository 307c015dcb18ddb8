"""When the answer is no: the same plain sentence for the same reason code everywhere, and never a stack trace.

An unknown id, another organisation's and a page for other roles look alike: nobody learns by trying what exists.
"""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.person import CASEWORK
from services.gateway.visit import Visit, is_id
from services.gateway.web import csrf
from services.gateway.web.forms import Form
from services.gateway.web.languages import gettext, known, word
from services.vocabulary import VOCABULARIES

OWN_FIELDS: Final = (csrf.FIELD, "command_id")


def sentence(refused: Refused) -> str:
    """What a refusal means, in the reader's language. Details are ids, codes and names of fields; never personal."""
    key = f"reason.{refused.reason}"
    if not known(key):
        return gettext("reason.OTHER", code=refused.reason)
    try:
        return gettext(key, **readable(refused.details))
    except (KeyError, ValueError, TypeError):
        return gettext("reason.OTHER", code=refused.reason)


def readable(details: Mapping[str, str]) -> dict[str, str]:
    """Details with category codes as words: `housing, economy` reads `housing, money`."""
    categories = VOCABULARIES["category"]
    found = {}
    for name, value in details.items():
        parts = [part.strip() for part in value.split(",")]
        codes = all(part in categories for part in parts)
        found[name] = ", ".join(word("category", part).lower() for part in parts) if codes else value
    return found


def page(visit: Visit, refused: Refused) -> Response:
    """The page for a refusal that no form can show."""
    match refused.kind:
        case Kind.UNKNOWN | Kind.FORBIDDEN:
            return not_found(visit)
        case Kind.UNAVAILABLE:
            return visit.page(
                "refused.html", 503, heading=gettext("This page cannot be shown just now"), text=sentence(refused)
            )
        case None:
            return visit.page("refused.html", 500, heading=gettext("Something failed here"), text=sentence(refused))
        case _:
            status = refused.http_status
            return visit.page("refused.html", status, heading=gettext("That did not work"), text=sentence(refused))


def not_found(visit: Visit) -> Response:
    """Whoever may read in an emergency is told how, whether there is such a citizen or not."""
    citizen = visit.request.path_params.get("citizen", "")
    may = visit.person is not None and visit.person.role in CASEWORK and is_id(citizen)
    return visit.page(
        "refused.html",
        404,
        heading=gettext("There is nothing to see here"),
        text=gettext("page.NOT_FOUND"),
        emergency=f"/citizens/{citizen}/emergency" if may else "",
    )


def malformed(visit: Visit, why: str) -> Response:
    """400: the browser (or a program) sent what is no form of ours."""
    text = gettext("page.MALFORMED", why=why)
    return visit.page("refused.html", 400, heading=gettext("That could not be read"), text=text)


def signed_out(visit: Visit) -> Response:
    """The session ended while a form was being filled in: nothing is done, and nothing that was written is lost."""
    kept = [(name, value) for name, values in visit.filled.items() if name not in OWN_FIELDS for value in values]
    longest = max((value for _, value in kept), key=len, default="")
    return visit.page("signed_out.html", 403, kept=kept, longest=longest, again=visit.request.url.path)


def blame(form: Form, refused: Refused, message: object) -> None:
    """Shows a refusal in the form it came of; what no correction of the form can help is raised again."""
    if refused.kind in (Kind.UNKNOWN, Kind.UNAUTHENTICATED):
        raise refused
    if refused.violations:
        form.blame(refused.violations, message)  # type: ignore[arg-type]
    else:
        form.errors[""] = sentence(refused)
