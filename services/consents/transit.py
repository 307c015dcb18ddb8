"""Private keys wrapped by a key management service: the transit engine of OpenBao or Vault, over HTTP.

The key-encryption key never leaves that service, which can rotate it, log its use and take it away. Chosen by a file
`transit.toml` in the secrets folder.
"""

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, Final, Literal, Self

import httpx
import msgspec

from libs.host.errors import ServiceUnavailable
from libs.host.settings import DEADLINE
from services.consents.vault import KeyUnwrapped

REFUSED: Final = 400
"""How the engine answers a text that is not its own, or one with other associated data."""


class TransitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """transit.toml"""

    address: str
    """`https://host:port`"""
    key: str
    """Name of a key of type aes256-gcm96: others cannot bind associated data."""
    token_file: str
    """Read for each call: whoever renews the token writes the file."""
    mount: str = "transit"


class TransitWrapper:
    """A services.consents.vault.Wrapper; the key id is bound as associated data. Thread-safe."""

    def __init__(self, settings: TransitSettings) -> None:
        self._settings = settings
        self._client = httpx.Client(base_url=settings.address, timeout=DEADLINE)

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Raises msgspec.ValidationError."""
        return cls(msgspec.toml.decode(path.read_bytes(), type=TransitSettings))

    def wrap(self, key_id: str, private: bytes) -> bytes:
        """Raises ServiceUnavailable."""
        answer = self._call("encrypt", key_id, {"plaintext": b64encode(private).decode()})
        if answer is None:
            raise ServiceUnavailable(service=self._settings.mount)
        return answer["ciphertext"].encode()

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        """Raises KeyUnwrapped, ServiceUnavailable."""
        answer = self._call("decrypt", key_id, {"ciphertext": wrapped.decode("ascii", "replace")})
        if answer is None:
            raise KeyUnwrapped(key_id)
        return b64decode(answer["plaintext"])

    def is_current(self, key_id: str, wrapped: bytes) -> bool:
        """By the version that the engine writes in front. Raises KeyUnwrapped, ServiceUnavailable."""
        version = wrapped.decode("ascii", "replace").split(":")[1:2]
        if not version or not version[0].startswith("v"):
            raise KeyUnwrapped(key_id)
        return version[0] == f"v{self.newest()}"

    def refresh(self) -> None:
        """Nothing is kept here: the engine knows its keys."""

    def newest(self) -> int:
        """Version of the key-encryption key that the engine wraps with. Raises ServiceUnavailable."""
        return int(self._send("GET", f"keys/{self._settings.key}", {})["latest_version"])

    def rotate(self) -> int:
        """A new version, from now on the newest. Raises ServiceUnavailable."""
        self._send("POST", f"keys/{self._settings.key}/rotate", {})
        return self.newest()

    def retire_before(self, version: int) -> None:
        """The engine opens nothing older any more, and destroys the older versions. Raises ServiceUnavailable."""
        versions = {"min_decryption_version": version, "min_encryption_version": version}
        self._send("POST", f"keys/{self._settings.key}/config", versions)
        self._send("POST", f"keys/{self._settings.key}/trim", {"min_available_version": version})

    def _send(self, method: Literal["GET", "POST"], path: str, content: dict[str, int]) -> dict[str, Any]:
        """The answer's data. Raises ServiceUnavailable."""
        try:
            token = Path(self._settings.token_file).read_text().strip()
            response = self._client.request(
                method,
                f"/v1/{self._settings.mount}/{path}",
                json=content or None,
                headers={"X-Vault-Token": token},
            ).raise_for_status()
            data: dict[str, Any] = response.json()["data"] if response.content else {}
        except (httpx.HTTPError, OSError, ValueError, KeyError) as error:
            raise ServiceUnavailable(service=self._settings.mount) from error
        return data

    def _call(
        self, operation: Literal["encrypt", "decrypt"], key_id: str, text: dict[str, str]
    ) -> dict[str, str] | None:
        """The answer's data; None when the engine will not. Raises ServiceUnavailable; its words are not passed on."""
        path = f"/v1/{self._settings.mount}/{operation}/{self._settings.key}"
        try:
            token = Path(self._settings.token_file).read_text().strip()
            response = self._client.post(
                path,
                json=text | {"associated_data": b64encode(key_id.encode()).decode()},
                headers={"X-Vault-Token": token},
            )
            if response.status_code == REFUSED:
                return None
            data: dict[str, str] = response.raise_for_status().json()["data"]
        except (httpx.HTTPError, OSError, ValueError, KeyError) as error:
            raise ServiceUnavailable(service=self._settings.mount) from error
        return data
