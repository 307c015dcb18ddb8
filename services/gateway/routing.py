"""From a request to a page: language, session, form, who may, trace, and what happens when a service says no."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.person import of_session
from services.gateway.site import Site
from services.gateway.visit import Page, View, Visit
from services.gateway.web import csrf, languages
from services.gateway.web.forms import Filled
from services.gateway.web.session import cookie

FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 1000
LANGUAGE: Final = "language"
"""Name of the cookie that keeps the reader's language."""
OWN: Final = ("same-origin", "none", "")
"""Sec-Fetch-Site of requests that our own pages, or an address typed in, lead to."""


class FormMalformed(Exception):
    """A body that is no form; the message says why."""


def routes(site: Site, pages: Iterable[Page]) -> list[Route]:
    """Starlette's routes of our pages. POST goes to the same address as the form it came from."""
    return [
        Route(page.path, endpoint(site, page), methods=["GET", "POST"] if page.post else ["GET"], name=page.path)
        for page in pages
    ]


def endpoint(site: Site, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        speak(request)
        visit = Visit(request, site, of_session(request.session))
        posted = request.method == "POST"
        view = page.post if posted and page.post else page.view
        try:
            if posted:
                visit.filled = await form(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except FormMalformed as malformed:
            return refusals.malformed(visit, str(malformed))
        response = await run_sync(guarded, site, page, view, visit)
        return keep_language(request, response)

    return answer


def guarded(site: Site, page: Page, view: View, visit: Visit) -> Response:
    """The page, or the one that says why not."""
    with site.telemetry.span(f"gateway {visit.request.method} {page.path}") as span:
        visit.traceparent = span.traceparent
        try:
            if visit.person:
                visit.organisations([visit.person.organisation])
            return allowed(page, view, visit)
        except Refused as refused:
            span.failed(refused.reason)
            return refusals.page(visit, refused)


def allowed(page: Page, view: View, visit: Visit) -> Response:
    """The page if this person may be here and the form came from us."""
    posted = visit.request.method == "POST"
    if posted and visit.request.headers.get("sec-fetch-site", "") not in OWN:
        return refusals.malformed(visit, languages.gettext("The form was sent from another site."))
    if page.roles and visit.person is None:
        return refusals.signed_out(visit) if posted else to_sign_in(visit)
    if page.roles and visit.who.role not in page.roles:
        return refusals.not_found(visit)
    if not all(page.accepts(value) for value in visit.request.path_params.values()):
        return refusals.not_found(visit)
    if posted and not csrf.valid(visit.request.session, (visit.filled.get(csrf.FIELD) or [""])[-1]):
        return refusals.signed_out(visit)
    return view(visit)


def to_sign_in(visit: Visit) -> Response:
    """To the sign-in page, and back here after it."""
    url = visit.request.url
    visit.request.session["next"] = url.path + (f"?{url.query}" if url.query else "")
    return RedirectResponse("/sign-in", 303)


async def form(request: Request) -> Filled:
    """The fields of an urlencoded body, blank ones too. Raises FormMalformed."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != FORM:
        raise FormMalformed(f"Content-Type: {FORM}")
    body = await request.body()
    try:
        text = body.decode("ascii")
        found = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except (UnicodeError, ValueError):
        raise FormMalformed("UTF-8, application/x-www-form-urlencoded") from None
    if any("\0" in value for values in found.values() for value in values):
        raise FormMalformed("NUL")
    # Browsers send line ends as CRLF (WHATWG form submission); a length is counted in what people typed.
    return {name: [value.replace("\r\n", "\n") for value in values] for name, values in found.items()}


def speak(request: Request) -> None:
    """The language of this request: ?lang=, else the cookie, else the browser's."""
    languages.use(
        languages.chosen(
            request.query_params.get("lang", ""),
            request.cookies.get(LANGUAGE, ""),
            request.headers.get("accept-language", ""),
        )
    )


def keep_language(request: Request, response: Response) -> Response:
    """A language that was asked for is kept for a year."""
    asked = request.query_params.get("lang", "")
    if asked in languages.LANGUAGES:
        secure = request.url.scheme == "https"
        response.headers.append("set-cookie", cookie(LANGUAGE, asked, 365 * 86400, secure=secure))
    return response
