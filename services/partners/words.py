"""How the directory compares words and puts names in order: as a Danish reader expects, in every database."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 20_000
"""Characters of a text that are searched."""
WORD: Final = 200
"""Characters of a word that are compared; PostgreSQL takes no lexeme of 2 KiB."""
ALIKE: Final = str.maketrans({"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "ð": "d", "þ": "th", "ß": "ss"})
LAST: Final = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})
"""The letters after z, as the ASCII characters after z."""


def fold(text: str) -> list[str]:
    """The words of a text as they are compared: no case, å as aa, ø and ö as oe, other accents gone."""
    plain = unicodedata.normalize("NFC", text[:LONGEST]).casefold().translate(ALIKE)
    return [word[:WORD] for word in re.findall(r"[^\W_]+", bare(plain))]


def bare(text: str) -> str:
    """Without accents."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def searchable(texts: Iterable[str]) -> str:
    """The words, a space between two: what a tsvector is made from. PostgreSQL's parser would take them apart again
    ("12e5ab" as a number and a word)."""
    return " ".join(word for text in texts for word in fold(text))


def query(text: str) -> str:
    """A tsquery: every word must stand in the text, or the beginning of one does. Empty: no words were asked for."""
    return " & ".join(f"{word}:*" for word in fold(text)[:20])


def order(name: str) -> str:
    """Sorts by the collation "C": case and accents do not count, æ, ø and å come after z. The first 80 letters."""
    plain = unicodedata.normalize("NFC", name).casefold().translate(LAST)
    return bare(plain)[:80]
