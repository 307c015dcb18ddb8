"""The gateway put together: routes, middleware, and how it is served."""

from collections.abc import Iterable
from itertools import chain
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from libs.host.clients import GrpcClients
from libs.host.errors import Refused
from libs.host.settings import Settings
from libs.host.telemetry import Telemetry
from libs.host.tokens import Verifier
from services.gateway import api, health, oidc, refusals, routing
from services.gateway.catcher import Catcher, Mailbox
from services.gateway.fhir import routes as fhir
from services.gateway.hsds import routes as hsds
from services.gateway.pages import (
    agreement_terms,
    agreement_versions,
    agreements,
    asking,
    audit,
    blocks,
    board,
    calendars,
    candidacies,
    cases,
    citizen,
    consent_ending,
    consent_giving,
    consents,
    control,
    demo_mail,
    directory,
    emergencies,
    explain,
    find,
    household,
    introductions,
    light,
    matching,
    offers,
    organisations,
    package,
    portal,
    profile,
    referral_steps,
    referrals,
    reply_channel,
    representatives,
    rights,
    role,
    room,
    sign_in,
    sites,
    start,
    unconfirmed,
    webhooks,
    writing,
)
from services.gateway.person import of_session
from services.gateway.settings import LOOPBACK, GatewaySettings, session_key
from services.gateway.site import Site
from services.gateway.visit import Page, Visit
from services.gateway.web.guard import Guard
from services.gateway.web.session import Sessions

NAME: Final = "gateway"

PAGES: Final[tuple[Page, ...]] = tuple(
    chain.from_iterable(
        module.PAGES
        for module in (
            start,
            sign_in,
            audit,
            find,
            citizen,
            consents,
            consent_giving,
            consent_ending,
            blocks,
            representatives,
            household,
            emergencies,
            rights,
            package,
            control,
            explain,
            writing,
            cases,
            referrals,
            referral_steps,
            candidacies,
            board,
            calendars,
            directory,
            organisations,
            sites,
            webhooks,
            role,
            profile,
            unconfirmed,
            room,
            agreement_terms,
            agreement_versions,
            agreements,
            asking,
            portal,
            offers,
            introductions,
            matching,
            reply_channel,
            light,
            demo_mail,
        )
    )
)
"""Every page, in the order in which addresses are matched."""


def application(site: Site, key: bytes, verifier: Verifier, checks: health.Checks) -> Starlette:
    """The ASGI application. `key`: of the session cookie."""

    async def failed(request: Request, error: Exception) -> Response:
        """An address that is no page of ours, a method it does not take, or a bug: never a stack trace."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        if request.url.path.startswith("/api/"):
            body = {"type": "about:blank", "title": "NOT_FOUND" if status == 404 else "INTERNAL", "status": status}
            return JSONResponse(body, status, media_type="application/problem+json")
        routing.speak(request)
        request.scope.setdefault("session", {})
        visit = Visit(request, site, of_session(request.session))
        if status in (404, 405):
            return refusals.not_found(visit)
        return refusals.page(visit, Refused(None, "INTERNAL", ""))

    return Starlette(
        routes=[
            *health.routes(checks),
            Route("/static/{version}/{folder}/{path:path}", site.assets.serve, methods=["GET"]),
            *api.routes(site, verifier),
            *fhir.routes(site, verifier),
            *hsds.routes(site),
            *oidc.routes(site),
            *routing.routes(site, PAGES),
        ],
        middleware=[
            Middleware(Guard, secure=site.settings.secure),
            Middleware(GZipMiddleware, minimum_size=1000),
            Middleware(Sessions, key=key, secure=site.settings.secure),
        ],
        exception_handlers={404: failed, 405: failed, Exception: failed},
    )


def compose(settings: Settings, own: GatewaySettings, services: Iterable[str] = health.NEEDED) -> Starlette:
    """The gateway of a process, from its settings. Raises SettingMissing, FileNotFoundError."""
    clients = GrpcClients(NAME, settings)
    site = Site.build(clients, own, Telemetry(NAME, settings))
    if own.catch_mail and settings.environment == "local" and own.host in LOOPBACK:
        site.mailbox = Catcher(own.host, own.catch_mail, Mailbox()).mailbox
    verifier = Verifier(api.AUDIENCE, settings.folder("issuers"), tuple(services))
    return application(site, session_key(settings), verifier, clients)


def serve(settings: Settings, own: GatewaySettings) -> None:
    """Answers until the process is told to stop."""
    uvicorn.run(
        compose(settings, own),
        host=own.host,
        port=own.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
    )
