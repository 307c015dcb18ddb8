"""Personal text is sealed by its writer with a public key, and opened where the private key is: in consents alone.

HPKE (RFC 9180) in base mode, single shot. KEM: hybrid ML-KEM-768 and X25519 (draft-ietf-hpke-pq), so that what is
recorded today stays closed to a later quantum computer. KDF: HKDF-SHA256. AEAD: AES-256-GCM. `info` binds the text to
its stream, version, type and key id: moved anywhere else, it does not open. Imports nothing of a service.
"""

from libs.sealing.cache import LEASE, KeyCache, KeysAway
from libs.sealing.hybrid import SealBroken, generate, open_sealed, seal

__all__ = ["LEASE", "KeyCache", "KeysAway", "SealBroken", "generate", "open_sealed", "seal"]
