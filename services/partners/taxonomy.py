"""One taxonomy (HSDS): a classification and its terms, also those that no organisation uses yet."""

from collections.abc import Sequence
from typing import Final

import msgspec
from google.protobuf.message import Message
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Decider, Event
from services.partners.directory_entry import Part, take_entity
from services.partners.events import TaxonomyImported, TaxonomyTermImported


class Taxonomy(msgspec.Struct, frozen=True, kw_only=True):
    digest: str = ""
    terms: dict[str, str] = {}
    """Term -> digest of its document."""


def decide(taxonomy: Taxonomy, command: Message, _: Context) -> Sequence[Event]:
    """A set of terms may come in several commands: a term that is not named stays as it was."""
    assert isinstance(command, partners.ImportTaxonomy)
    whole = take_entity("taxonomy", command.taxonomy)
    terms = {part.id: part for part in (take_entity("taxonomy_term", text) for text in command.terms)}
    changed = [term for term in terms.values() if taxonomy.terms.get(term.id) != term.digest]
    return [*_taxonomy(taxonomy, whole), *(_term(whole, term) for term in changed)]


def _taxonomy(taxonomy: Taxonomy, whole: Part) -> list[TaxonomyImported]:
    if taxonomy.digest == whole.digest:
        return []
    event = TaxonomyImported(taxonomy=whole.id, name=whole.text("name"), digest=whole.digest, document=whole.document)
    return [event]


def _term(whole: Part, term: Part) -> TaxonomyTermImported:
    return TaxonomyTermImported(
        taxonomy=whole.id, term=term.id, name=term.text("name"), digest=term.digest, document=term.document
    )


def evolve(taxonomy: Taxonomy, event: Event) -> Taxonomy:
    match event:
        case TaxonomyImported():
            return msgspec.structs.replace(taxonomy, digest=event.digest)
        case TaxonomyTermImported():
            return msgspec.structs.replace(taxonomy, terms=taxonomy.terms | {event.term: event.digest})
    raise TypeError(f"a taxonomy does not know the event {event.type}")


TAXONOMY: Final = Decider(state=Taxonomy, decide=decide, evolve=evolve)
