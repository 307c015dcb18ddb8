"""Which person an identity provider's claims describe."""

from typing import Any

import pytest

from services.gateway.oidc import ClaimsUnusable, person_of
from services.gateway.person import Person
from services.gateway.settings import GatewaySettings
from tests.gateway.world import CITIZEN, FAMILY, NGO

SETTINGS = GatewaySettings(oidc_issuer="https://login.example.org", oidc_organisation="org_id", oidc_unit="department")
STAFF = {"sub": "a1b2", "org_id": FAMILY, "role": "caseworker", "department": "Øst"}


def test_claims_name_the_person_the_organisation_and_the_role() -> None:
    assert person_of(STAFF, SETTINGS) == Person("a1b2", FAMILY, "caseworker", "Øst")


def test_a_citizen_is_their_own_id_and_speaks_for_no_organisation() -> None:
    claims = {"sub": "x", "role": "citizen", "citizen": CITIZEN, "org_id": FAMILY}
    assert person_of(claims, SETTINGS) == Person(CITIZEN, "", "citizen")


def test_who_answers_for_what_citizens_write_is_the_operator_s_to_say_and_in_no_claim() -> None:
    settings = GatewaySettings(oidc_issuer="https://login.example.org", oidc_organisation="org_id", citizens=NGO)
    claims = {"sub": "x", "role": "citizen", "citizen": CITIZEN, "org_id": FAMILY}
    assert person_of(claims, settings) == Person(CITIZEN, NGO, "citizen")


@pytest.mark.parametrize(
    "claims",
    [
        {},
        STAFF | {"role": "king"},
        STAFF | {"role": ["caseworker"]},
        STAFF | {"org_id": ""},
        STAFF | {"sub": None},
        {"sub": "x", "role": "citizen"},
    ],
)
def test_claims_that_say_too_little_let_nobody_in(claims: dict[str, Any]) -> None:
    with pytest.raises(ClaimsUnusable):
        person_of(claims, SETTINGS)
