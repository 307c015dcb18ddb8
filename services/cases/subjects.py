"""KLE subject codes in use, from kle.toml: data that an operator can change."""

import tomllib
from pathlib import Path
from typing import Final

from services.cases.errors import SubjectCodeUnknown

SUBJECTS: Final[dict[str, dict[str, str]]] = tomllib.loads(Path(__file__).with_name("kle.toml").read_text())["subject"]
"""Code -> language -> title."""


def subject_of(code: str) -> dict[str, str]:
    """Titles by language. Raises SubjectCodeUnknown."""
    if code not in SUBJECTS:
        raise SubjectCodeUnknown(code=code)
    return SUBJECTS[code]
