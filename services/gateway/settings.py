"""What the gateway is told beside libs.host.settings: environment variables SAMSPOR_GATEWAY_*."""

import base64
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.host.settings import Settings

ROOT: Final = Path(__file__).parents[2]
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class GatewaySettings(BaseSettings):
    """Read once at start."""

    model_config = SettingsConfigDict(env_prefix="SAMSPOR_GATEWAY_", extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8080
    packages: Path = ROOT / "node_modules"
    """Where npm put the design system and htmx."""
    catch_mail: int = 0
    """Port on which a mail server for demonstrations takes every mail; in environment `local` only."""
    oidc_issuer: str = ""
    """An OpenID Connect provider: `https://login.example.org/realms/samspor`. Set: nobody signs in as a persona."""
    oidc_client: str = ""
    oidc_secret: str = ""
    oidc_person: str = "sub"
    """Names of the claims that say who somebody is, for whom, and as what."""
    oidc_organisation: str = "organisation"
    oidc_role: str = "role"
    oidc_unit: str = "unit"
    oidc_citizen: str = "citizen"
    citizens: str = ""
    """Id of the organisation that answers for what citizens write. Empty: they ask for no help here."""

    @property
    def personas_allowed(self) -> bool:
        """Only in a demo: no identity provider, and reachable from this machine alone."""
        return not self.oidc_issuer and self.host in LOOPBACK

    @property
    def secure(self) -> bool:
        """Whether cookies travel over TLS only."""
        return self.host not in LOOPBACK


def read() -> GatewaySettings:
    """Settings of this process, from the file that SAMSPOR_ENV_FILE names and the environment before it."""
    return GatewaySettings(_env_file=os.environ.get("SAMSPOR_ENV_FILE"))  # type: ignore[call-arg]  # of the metaclass


def session_key(settings: Settings) -> bytes:
    """The key of the session cookie, from the gateway's signing key: who could read a session could sign one anyway."""
    secret = (settings.folder("signing_keys") / "gateway.pem").read_bytes()
    derived = HKDF(SHA256(), length=32, salt=None, info=b"samspor gateway session cookie").derive(secret)
    return base64.urlsafe_b64encode(derived)
