"""Organizations and their services as FHIR: what is written is read back whole, and what is not taken is named."""

from typing import Any

import pytest
from fhir.resources.R4B.healthcareservice import HealthcareService as R4BHealthcareService
from fhir.resources.R4B.organization import Organization as R4BOrganization
from hypothesis import given, settings
from hypothesis import strategies as st
from samspor.partners.v1 import partners_pb2 as partners

from services.gateway.fhir.directory import (
    HealthcareService,
    Organization,
    organization_of,
    publication_of,
    registration_of,
    service_of,
)
from services.gateway.fhir.errors import ElementRefused
from services.gateway.fhir.reading import read
from services.gateway.fhir.words import KIND
from tests.gateway.test_fhir_mapping import as_json, ids, text, words
from tests.gateway.world import NGO

age = st.integers(0, 120)


@settings(deadline=None)
@given(
    st.builds(
        partners.RegisterOrganisation,
        kind=words("organisation_kind"),
        name=text,
        parent=st.just("") | ids,
        email=st.sampled_from(["", "a@example.org"]),
        website=st.sampled_from(["", "https://a.example"]),
    )
)
def test_an_organization_comes_back_whole(asked: partners.RegisterOrganisation) -> None:
    known = partners.Organisation()
    for field, value in asked.ListFields():
        setattr(known, field.name, value)
    written = as_json(organization_of(known))
    R4BOrganization.model_validate(written)
    assert registration_of(read(written, Organization)) == asked


@settings(deadline=None)
@given(
    st.builds(
        partners.PublishService,
        organisation=ids,
        name=text,
        description=st.just("") | text,
        status=st.sampled_from(["active", "inactive"]),
        categories=st.lists(words("category"), unique=True),
        minimum_age=age,
        maximum_age=age,
        eligibility_description=st.just("") | text.filter(lambda one: not one[0].isdigit() and "-" not in one),
    )
)
def test_a_service_comes_back_whole(asked: partners.PublishService) -> None:
    known = partners.Service(
        organisation=asked.organisation,
        categories=asked.categories,
        **{
            name: getattr(asked, name)
            for name in ("name", "description", "status", "minimum_age", "maximum_age", "eligibility_description")
        },
    )
    written = as_json(service_of(known))
    R4BHealthcareService.model_validate(written | {"id": NGO})
    assert publication_of(read(written, HealthcareService)) == asked


ONE = {"resourceType": "Organization", "name": "Mentors", "type": [{"coding": [{"system": KIND, "code": "ngo"}]}]}
OFFER = {"resourceType": "HealthcareService", "providedBy": {"reference": f"Organization/{NGO}"}, "name": "Mentor"}


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"type": [{"coding": [{"system": "http://x.example", "code": "ngo"}]}]}, "Organization.type"),
        ({"id": NGO}, "Organization.id"),
        ({"active": False}, "Organization.active"),
        ({"partOf": {"reference": "Organization/slug"}}, "Organization.partOf.reference"),
        ({"telecom": [{"system": "email", "value": "a@a.example"}] * 2}, "Organization.telecom"),
        ({"telecom": [{"system": "phone", "value": "1"}]}, "Organization.telecom[0].system"),
        ({"contact": [{"name": {"text": "Sofie"}}]}, "Organization.contact"),
    ],
)
def test_what_an_organization_may_not_say_is_named(change: dict[str, Any], element: str) -> None:
    with pytest.raises(ElementRefused) as no:
        registration_of(read(ONE | change, Organization))
    assert (no.value.details["element"], "Sofie" in str(no.value)) == (element, False)


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"providedBy": {"reference": "Practitioner/1"}}, "HealthcareService.providedBy.reference"),
        ({"category": [{"coding": [{"system": "http://x.example", "code": "x"}]}]}, "HealthcareService.category[0]"),
        ({"eligibility": [{"comment": "a"}, {"comment": "b"}]}, "HealthcareService.eligibility"),
        ({"location": [{"reference": "Location/1"}]}, "HealthcareService.location"),
    ],
)
def test_what_a_service_may_not_say_is_named(change: dict[str, Any], element: str) -> None:
    with pytest.raises(ElementRefused) as no:
        publication_of(read(OFFER | change, HealthcareService))
    assert no.value.details["element"] == element
