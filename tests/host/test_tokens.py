"""Whose word is taken, for whom, and for how long."""

import hmac
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from libs.host.tokens import ALGORITHM, LIFETIME, SKEW, Actor, Claims, Issuer, TokenExpired, TokenInvalid, Verifier

NOW = 1_800_000_000.0
SERVICES = ("cases", "timeline")


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(keys: Path, clock: Clock) -> Verifier:
    return Verifier("cases", keys / "public", SERVICES, clock)


def issuer(name: str, keys: Path, clock: Clock) -> Issuer:
    return Issuer(name, keys / "private", clock)


def forged(keys: Path, name: str = "gateway", **changed: Any) -> str:
    """A token as an issuer would sign it, but for what is changed."""
    claims = {"iss": name, "aud": "cases", "sub": "anna", "exp": int(NOW) + LIFETIME} | changed
    key = OKPKey.import_key((keys / "private" / f"{name}.pem").read_bytes())
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM])


def test_a_login_says_who_a_person_is(keys: Path, clock: Clock, verifier: Verifier) -> None:
    token = issuer("gateway", keys, clock).token("cases", "anna", organisation="o", role="caseworker", unit="u")
    assert verifier.claims(token) == Claims(
        iss="gateway", aud="cases", sub="anna", org="o", role="caseworker", unit="u", exp=int(NOW) + LIFETIME
    )


def test_the_same_token_is_handed_out_for_half_its_life(keys: Path, clock: Clock) -> None:
    gateway = issuer("gateway", keys, clock)
    first = gateway.token("cases", "anna", organisation="o", role="caseworker")
    clock.time += LIFETIME / 2 - 1
    assert gateway.token("cases", "anna", organisation="o", role="caseworker") == first
    clock.time += 2
    assert gateway.token("cases", "anna", organisation="o", role="caseworker") != first


def test_a_token_ends_also_when_it_was_good_before(keys: Path, clock: Clock, verifier: Verifier) -> None:
    token = issuer("gateway", keys, clock).token("cases", "anna", organisation="o", role="caseworker")
    verifier.claims(token)
    clock.time += LIFETIME + SKEW
    verifier.claims(token)
    clock.time += 1
    with pytest.raises(TokenExpired):
        verifier.claims(token)


def test_a_service_speaks_for_whom_it_was_asked_by(keys: Path, clock: Clock, verifier: Verifier) -> None:
    timeline = issuer("timeline", keys, clock)
    token = timeline.token("cases", "anna", organisation="o", role="caseworker", via=("timeline", "gateway"))
    claims = verifier.claims(token)
    assert claims.act == Actor("timeline", Actor("gateway"))
    assert claims.via == ("timeline", "gateway")


def test_a_service_speaks_for_itself(keys: Path, clock: Clock, verifier: Verifier) -> None:
    token = issuer("timeline", keys, clock).token("cases", "timeline", organisation="", role="service")
    assert verifier.claims(token).sub == "timeline"


@pytest.mark.parametrize(
    ("issuer_name", "changed"),
    [
        pytest.param("gateway", {"aud": "consents"}, id="meant for another service"),
        pytest.param("gateway", {"aud": ["cases", "consents"]}, id="meant for several"),
        pytest.param("gateway", {"exp": int(NOW) + 3600}, id="good for an hour"),
        pytest.param("gateway", {"exp": None}, id="good for ever"),
        pytest.param("gateway", {"sub": ""}, id="about nobody"),
        pytest.param("gateway", {"act": {"sub": "timeline"}}, id="a login that speaks for a service"),
        pytest.param("gateway", {"role": "service"}, id="a person as a service"),
        pytest.param("timeline", {"act": {"sub": "timeline"}, "role": "service"}, id="a service for a person as one"),
        pytest.param("timeline", {"sub": "timeline", "role": "auditor"}, id="a service as a person"),
        pytest.param("timeline", {}, id="a service that says who a person is"),
        pytest.param("timeline", {"act": {"sub": "cases"}}, id="a service in another's name"),
        pytest.param("stranger", {}, id="an issuer nobody knows"),
        pytest.param("gateway", {"iss": "../private/gateway"}, id="an issuer that is a path"),
        pytest.param("gateway", {"iss": "timeline"}, id="an issuer that did not sign it"),
        pytest.param("gateway", {"iss": ""}, id="no issuer"),
    ],
)
def test_is_not_believed(issuer_name: str, changed: dict[str, Any], keys: Path, verifier: Verifier) -> None:
    with pytest.raises(TokenInvalid):
        verifier.claims(forged(keys, issuer_name, **changed))


def test_the_public_key_is_no_shared_secret(keys: Path, verifier: Verifier) -> None:
    _, body, _ = forged(keys).split(".")
    header = urlsafe_b64encode(b'{"alg":"HS256"}').decode().rstrip("=")
    secret = (keys / "public" / "gateway.pem").read_bytes()
    signature = urlsafe_b64encode(hmac.digest(secret, f"{header}.{body}".encode(), "sha256")).decode().rstrip("=")
    with pytest.raises(TokenInvalid):
        verifier.claims(f"{header}.{body}.{signature}")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "e30.e30.", "é.é.é", "e30.W10.e30", "x" * 5000])
def test_is_no_token(token: str, verifier: Verifier) -> None:
    with pytest.raises(TokenInvalid):
        verifier.claims(token)


def test_an_unsigned_token_is_refused(keys: Path, verifier: Verifier) -> None:
    _, body, _ = forged(keys).split(".")
    with pytest.raises(TokenInvalid):
        verifier.claims(f"eyJhbGciOiJub25lIn0.{body}.")
