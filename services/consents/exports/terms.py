"""Our words beside those of other vocabularies, from terms.toml."""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from services.consents.exports.record import State
from services.vocabulary import Category, ConsentKind, Purpose

CANONICAL: Final = "https://samspor.example"
"""Of our code systems, extensions and terms."""


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dpv: str
    """Compact IRI: of the prefixes dpv, pd and eu-gdpr."""
    fhir: str = ""


class DataTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dpv: str
    special: bool = False
    """A special category of personal data (GDPR article 9(1))."""


class KindTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    dpv: str
    special: str = ""
    """The legal basis beside it for special categories."""


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    states: dict[State, Term]
    purposes: dict[Purpose, Term]
    categories: dict[Category, DataTerm]
    kinds: dict[ConsentKind, KindTerm]


TERMS: Final = msgspec.convert(tomllib.loads(Path(__file__).with_name("terms.toml").read_text()), Vocabulary)
