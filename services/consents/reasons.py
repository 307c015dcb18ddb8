"""The reason codes of decisions, in words: reasons.toml."""

from pathlib import Path
from typing import Final

import msgspec

LANGUAGES: Final = ("da", "sv", "en")


def load(path: Path) -> dict[str, dict[str, str]]:
    """Reason code -> language -> sentence. Raises ValueError for a code without a sentence in each language."""
    reasons = msgspec.toml.decode(path.read_bytes(), type=dict[str, dict[str, str]])
    if incomplete := [code for code, sentences in reasons.items() if tuple(sentences) != LANGUAGES]:
        raise ValueError(f"{path.name}: {', '.join(incomplete)} not in each of {', '.join(LANGUAGES)}")
    return reasons


REASONS: Final = load(Path(__file__).with_name("reasons.toml"))


def sentences_of(reason: str) -> dict[str, str]:
    """Raises KeyError for a code that reasons.toml does not have: a decision is never left unexplained."""
    return REASONS[reason]
