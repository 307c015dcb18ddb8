"""A consent goes out and comes back whole, and its documents are what their standards say."""

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn, get_args

import pytest
from fhir.resources.R4B.consent import Consent
from hypothesis import given as all_of
from hypothesis import settings, strategies
from pyld import jsonld

from services.consents.errors import DocumentUnacceptable
from services.consents.events import ConsentGiven
from services.consents.exports.formats import FORMATS, read, written
from services.consents.exports.iso27560 import CONTEXT
from services.consents.exports.record import ConsentRecord, State, Terms
from services.consents.exports.terms import TERMS
from services.vocabulary import VOCABULARIES
from tests.consents.exported import RECORDS, sample

NAMESPACES: Final = (
    "https://w3id.org/dpv#",
    "https://w3id.org/dpv/pd#",
    "https://w3id.org/dpv/legal/eu/gdpr#",
    "http://purl.org/dc/terms/",
    "https://samspor.example/terms#",
)


def test_there_is_a_module_for_each_format() -> None:
    assert tuple(FORMATS) == VOCABULARIES["consent_format"]


@pytest.mark.parametrize("format_", FORMATS)
@all_of(record=RECORDS)
@settings(max_examples=150, deadline=None)
def test_a_consent_comes_back_as_it_went_out(format_: str, record: ConsentRecord) -> None:
    document = written(format_, record)
    assert read(format_, document) == record
    assert read(format_, json.dumps(json.loads(document), indent=2)) == record


def test_no_term_of_a_consent_is_left_at_home() -> None:
    said = set(ConsentGiven.__struct_fields__) - {"citizen", "case", "category", "sensitivity", "legalbasis", "consent"}
    assert said <= set(Terms.__struct_fields__), "say in each format where it stands"


def test_every_word_has_its_terms() -> None:
    assert set(TERMS.states) == set(get_args(State))
    for name, terms in (("purpose", TERMS.purposes), ("category", TERMS.categories), ("consent_kind", TERMS.kinds)):
        assert set(terms) == set(VOCABULARIES[name])


def no_network(url: str, _options: Any) -> NoReturn:
    raise AssertionError(f"a document loads {url}")


OFFLINE: Final = {"documentLoader": no_network}


def iris(expanded: Any) -> Iterator[str]:
    """Properties, types and names of an expanded document."""
    if isinstance(expanded, list):
        for each in expanded:
            yield from iris(each)
    elif isinstance(expanded, dict):
        for key, value in expanded.items():
            if key == "@type":
                yield from [value] if isinstance(value, str) else value
            elif key == "@id":
                yield value
            elif not key.startswith("@"):
                yield key
            yield from iris(value) if key not in ("@type", "@id", "@value") else ()


@all_of(record=RECORDS)
@settings(max_examples=60, deadline=None)
def test_every_term_of_a_27560_record_has_its_iri_and_none_is_dropped(record: ConsentRecord) -> None:
    document = json.loads(written("iso-27560", record))
    expanded = jsonld.expand(document, OFFLINE)
    strange = [
        iri
        for iri in iris(expanded)
        if not iri.startswith((*NAMESPACES, "urn:uuid:", "urn:iso:", "http://www.w3.org/2001/XMLSchema#"))
    ]
    assert strange == []
    assert jsonld.compact(expanded, {"@context": CONTEXT}, OFFLINE) == document


def test_the_expansion_would_notice_a_term_that_is_none() -> None:
    document = json.loads(written("iso-27560", sample())) | {"colour": "red"}
    expanded = jsonld.expand(document, OFFLINE)
    assert jsonld.compact(expanded, {"@context": CONTEXT}, OFFLINE) != document


@all_of(record=RECORDS)
@settings(max_examples=60, deadline=None)
def test_a_fhir_consent_is_one(record: ConsentRecord) -> None:
    document = json.loads(written("fhir-r4", record))
    assert json.loads(Consent.model_validate(document).model_dump_json()).keys() == document.keys()
    assert document["scope"]["coding"][0]["code"] == "patient-privacy"
    assert document["policy"], "ppc-1: either a policy or a policyRule"


@pytest.mark.parametrize(
    ("status", "dpv", "fhir"),
    [
        ("requested", "dpv:ConsentRequested", "proposed"),
        ("awaited", "dpv:ConsentGiven", "active"),
        ("given", "dpv:ConsentGiven", "active"),
        ("refused", "dpv:ConsentRefused", "rejected"),
        ("withdrawn", "dpv:ConsentWithdrawn", "inactive"),
        ("expired", "dpv:ConsentExpired", "inactive"),
        ("renewed", "dpv:ConsentExpired", "inactive"),
        ("invalidated", "dpv:ConsentInvalidated", "entered-in-error"),
    ],
)
def test_what_is_over_is_exported_as_over(status: Any, dpv: str, fhir: str) -> None:
    record = ConsentRecord(
        **{name: getattr(sample(), name) for name in ConsentRecord.__struct_fields__} | {"status": status}
    )
    assert json.loads(written("iso-27560", record))["hasConsentStatus"] == dpv
    assert json.loads(written("fhir-r4", record))["status"] == fhir


def test_special_categories_rest_on_article_9_as_well() -> None:
    for categories, bases in (
        (("family",), ["eu-gdpr:A6-1-a"]),
        (("family", "health"), ["eu-gdpr:A6-1-a", "eu-gdpr:A9-2-a"]),
    ):
        document = json.loads(written("iso-27560", sample(categories=categories)))
        assert document["hasProcess"]["hasLegalBasis"] == bases


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every object and value of a document."""
    if path:
        yield path
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in items:
        yield from places(value, (*path, key))


ALL_PLACES: Final = [
    (format_, path)
    for format_ in FORMATS
    for path in places(json.loads(written(format_, sample())))
    if "@context" not in path[:1]
]


@pytest.mark.parametrize(("format_", "path"), ALL_PLACES, ids=str)
@all_of(other=strategies.sampled_from([None, 7, "kanariefugl", {}, [], {"x": 1}, "2031-01-01T00:00:00Z"]))
@settings(max_examples=7, deadline=None)
def test_a_document_that_says_something_else_says_it_or_is_refused(
    format_: str, path: tuple[Any, ...], other: Any
) -> None:
    """Nothing is passed over: with one element changed, a document is refused by name or means something else."""
    document = json.loads(written(format_, sample()))
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = other
    try:
        changed, refused = read(format_, json.dumps(document)), None
    except DocumentUnacceptable as refusal:
        changed, refused = sample(), refusal
    if refused:
        assert refused.details["element"].startswith("$")
        assert "kanariefugl" not in str(refused)
    else:
        assert changed != sample()
        assert json.loads(written(format_, changed)) == document


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "\x00", '{"@type": 1}', "[" * 5000])
def test_what_is_no_document_is_refused(format_: str, text: str) -> None:
    with pytest.raises(DocumentUnacceptable):
        read(format_, text)
