"""The grounds on which a controller may refuse a request, from grounds.toml: codes an operator can change."""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from services.consents.errors import GroundMissing, GroundUnknown
from services.vocabulary import Right


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    title: dict[str, str]
    """Language -> short title."""
    article: str
    """Of the GDPR."""
    rights: tuple[Right, ...]
    """What may be refused on it."""
    check: bool = True
    """A lawyer has yet to confirm this entry."""


def load(path: Path) -> dict[str, Ground]:
    """Code -> ground. Raises msgspec.ValidationError for a file that is not as described above."""
    entries = msgspec.convert(tomllib.loads(path.read_text())["ground"], list[Ground])
    return {ground.code: ground for ground in entries}


GROUNDS: Final = load(Path(__file__).with_name("grounds.toml"))


def must_hold(code: str, right: str, *, required: bool) -> None:
    """Raises GroundMissing, GroundUnknown."""
    if not code and required:
        raise GroundMissing
    if code and (code not in GROUNDS or right not in GROUNDS[code].rights):
        raise GroundUnknown(ground=code, right=right)
