"""Words in the reader's language: catalogues compiled from .po at start-up, and the language of this request.

Message ids are English sentences, or keys such as `reason.CONSENT_MISSING` where one sentence belongs to one code.
Keys stand in every catalogue, English too; sentences need no entry in English.
"""

import gettext as standard
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final = ("da", "sv", "en")
"""Danish first: it is the one a reader gets who has not chosen."""

FOLDER: Final = Path(__file__).parent.parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])


@cache
def catalogue(language: str) -> standard.GNUTranslations:
    """The compiled catalogue of `language`; nothing compiled is ever written to disk."""
    with (FOLDER / f"{language}.po").open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return standard.GNUTranslations(compiled)


def use(language: str) -> None:
    """Speak `language` for the rest of this request."""
    _language.set(language)


def language() -> str:
    """Code of the language spoken now: da, sv or en."""
    return _language.get()


def gettext(message: str, **values: object) -> str:
    """The message in the reader's language, `%(name)s` filled from `values`."""
    found = catalogue(language()).gettext(message)
    return found % values if values else found


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The form of the message that goes with `n`, which is also a value."""
    return catalogue(language()).ngettext(one, many, n) % {"n": n, **values}


def known(key: str) -> bool:
    """Whether the reader's catalogue has an entry for this key."""
    return catalogue(language()).gettext(key) != key


def codes(prefix: str) -> list[str]:
    """What follows `prefix` in keys of the reader's catalogue."""
    entries = catalogue(language())._catalog  # type: ignore[attr-defined]  # of gettext's own class
    keys = sorted(key for key in entries if isinstance(key, str) and key.startswith(prefix))
    return [key.removeprefix(prefix) for key in keys if known(key)]


def word(vocabulary: str, value: str) -> str:
    """How a code of a closed list reads; the code itself, made readable, where a list has grown since."""
    key = f"word.{vocabulary}.{value}"
    return gettext(key) if known(key) else value.replace("_", " ")


def listed(vocabulary: str, values: Iterable[str]) -> str:
    """Codes of a closed list inside a sentence: family, housing."""
    return ", ".join(word(vocabulary, value).lower() for value in values)


def chosen(query: str, cookie: str, accepted: str) -> str:
    """The language to speak: the one asked for, else the one kept, else the browser's first that we have."""
    for wish in (query, cookie, *(part.split(";")[0].strip()[:2] for part in accepted.split(",")[:10])):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]
