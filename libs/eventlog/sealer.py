"""Who seals personal text before it is recorded. libs/sealing has the real one."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Binding:
    """What sealed text is bound to: it opens in this place and no other."""

    stream: str
    version: int
    type: str


class Sealer(Protocol):
    def seal(self, citizen: str, organisation: str, binding: Binding, plain: bytes) -> tuple[str, bytes]:
        """`plain` sealed with the newest public key of (citizen, organisation): the key's id, the sealed bytes."""
        ...
