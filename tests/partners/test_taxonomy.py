"""A taxonomy comes in parts, and what is known already is no event."""

from typing import Any

import msgspec
from samspor.partners.v1 import partners_pb2 as partners

from libs.spec.scenario import given
from services.partners.directory_entry import digest_of
from services.partners.errors import OrganizationMalformed
from services.partners.events import TaxonomyImported, TaxonomyTermImported
from services.partners.taxonomy import TAXONOMY

ID = "01890a5d-ac96-474b-8cce-b302099a8057"
FOOD = {
    "id": "11890a5d-ac96-474b-8cce-b302099a8057",
    "name": "Food",
    "parent_id": "21890a5d-ac96-474b-8cce-b302099a8057",
}
WHOLE = {"id": ID, "name": "Needs"}
IMPORTED = TaxonomyImported(taxonomy=ID, name="Needs", digest=digest_of(WHOLE), document=WHOLE)
TERM = TaxonomyTermImported(taxonomy=ID, term=FOOD["id"], name="Food", digest=digest_of(FOOD), document=FOOD)


def command(whole: Any, *terms: Any) -> partners.ImportTaxonomy:
    texts = [msgspec.json.encode(term).decode() for term in terms]
    return partners.ImportTaxonomy(taxonomy=msgspec.json.encode(whole).decode(), terms=texts)


def test_terms_are_recorded_once_and_stay_when_they_are_not_named() -> None:
    given(TAXONOMY).when(command(WHOLE, FOOD, FOOD)).then(IMPORTED, TERM)
    given(TAXONOMY, IMPORTED, TERM).when(command(WHOLE, FOOD)).then()
    given(TAXONOMY, IMPORTED, TERM).when(command(WHOLE)).then()
    assert len(given(TAXONOMY, IMPORTED, TERM).when(command(WHOLE, FOOD | {"name": "Meals"})).events) == 1


def test_a_malformed_term_refuses_all() -> None:
    given(TAXONOMY).when(command(WHOLE, FOOD, {"id": ID})).refused(OrganizationMalformed, path="$.name")
    given(TAXONOMY).when(command({"id": "1", "name": "x"})).refused(OrganizationMalformed, path="$.id")
