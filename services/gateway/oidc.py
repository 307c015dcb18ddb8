"""Signing in with an identity provider: OpenID Connect, authorization code flow with PKCE (authlib).

The provider says who somebody is; which claim holds the person, the organisation and the role is set in
GatewaySettings, so an MitID, ADFS or Keycloak mapping is a matter of settings.
"""

from collections.abc import Mapping
from typing import Any, Final

from samspor.partners.v1 import partners_pb2
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway import refusals
from services.gateway.pages.sign_in import entered
from services.gateway.person import Person
from services.gateway.routing import speak
from services.gateway.settings import GatewaySettings
from services.gateway.site import Site
from services.gateway.visit import Visit
from services.vocabulary import VOCABULARIES

NAME: Final = "provider"


class ClaimsUnusable(Exception):
    """The provider's claims do not say who may do what; the message names the claim, never its value."""


def person_of(claims: Mapping[str, Any], settings: GatewaySettings) -> Person:
    """The person that an ID token's claims describe. Raises ClaimsUnusable."""

    def claim(name: str, *, required: bool = True) -> str:
        value = claims.get(name, "")
        if not isinstance(value, str) or (required and not value):
            raise ClaimsUnusable(name)
        return value

    role = claim(settings.oidc_role)
    if role not in VOCABULARIES["role"]:
        raise ClaimsUnusable(settings.oidc_role)
    if role == "citizen":
        return Person(claim(settings.oidc_citizen), settings.citizens, role)
    return Person(
        claim(settings.oidc_person),
        claim(settings.oidc_organisation),
        role,
        claim(settings.oidc_unit, required=False),
    )


def with_kind(person: Person, visit: Visit) -> Person:
    """The person with the kind of their organisation, which says what they usually look for."""
    if not person.organisation:
        return person
    visit.person = person
    question = partners_pb2.GetOrganisation(organisation=person.organisation)
    kind = visit.ask(question, partners_pb2.Organisation).kind
    return Person(person.person, person.organisation, person.role, person.unit, kind)


def routes(site: Site) -> list[Route]:
    """The two steps of the flow; none without a provider."""
    settings = site.settings
    if not settings.oidc_issuer:
        return []
    # Imported here: without a provider nothing of it is loaded.
    from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
    from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]

    oauth = OAuth()
    oauth.register(
        NAME,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client,
        client_secret=settings.oidc_secret,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
    )
    client = oauth.create_client(NAME)

    async def begin(request: Request) -> Response:
        redirect: Response = await client.authorize_redirect(request, str(request.url_for("oidc-callback")))
        return redirect

    async def back(request: Request) -> Response:
        speak(request)
        visit = Visit(request, site, None)
        try:
            token = await client.authorize_access_token(request)
            person = with_kind(person_of(token["userinfo"], settings), visit)
        except (OAuthError, KeyError):
            return RedirectResponse("/sign-in", 303)
        except ClaimsUnusable as unusable:
            return refusals.page(visit, Refused(Kind.FORBIDDEN, "CLAIMS_UNUSABLE", "", {"claim": str(unusable)}))
        except Refused as refused:
            return refusals.page(visit, refused)
        return entered(visit, person)

    return [
        Route("/sign-in/oidc", begin, name="oidc-begin"),
        Route("/sign-in/callback", back, name="oidc-callback"),
    ]
