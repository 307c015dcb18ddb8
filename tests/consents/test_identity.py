"""Numbers as they are compared. Nothing that is refused is repeated in the refusal."""

import secrets
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies

from services.consents.errors import IdentifierMalformed
from services.consents.identity import CPR, normal, warnings_of
from services.consents.names import postal_code_of
from services.consents.vault import Blinder, FileWrapper, KeyUnwrapped, read_key


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("010180-1234", "0101801234"),
        (" 0101801234 ", "0101801234"),
        ("010180 1234", "0101801234"),
        ("0101070000", "0101070000"),  # given since 2007: fails modulus 11, and is valid (cpr.dk)
        ("610180-1234", "6101801234"),  # an administrative number: the day raised by 60
        ("290200-1234", "2902001234"),  # 2000 was a leap year
        ("311299-0001", "3112990001"),
    ],
)
def test_a_cpr_number_is_ten_digits_that_begin_with_a_date(value: str, expected: str) -> None:
    assert normal(CPR, value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0101801",
        "01018012345",
        "010180--1234",
        "01-0180-1234",
        "0001801234",
        "3201801234",
        "6001801234",
        "9201801234",
        "0113801234",
        "2902011234",  # no year of ours that ends in 01 was a leap year
        "٠١٠١٨٠١٢٣٤",
        "0101801234x",
        "01018o1234",
    ],
)
def test_what_is_no_cpr_number_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(IdentifierMalformed) as refused:
        normal(CPR, value)
    assert not value or value not in str(refused.value) + str(refused.value.details)


@given(strategies.dates(date(1800, 1, 1), date(2099, 12, 31)), strategies.integers(0, 9999), strategies.booleans())
def test_every_date_has_numbers_and_no_checksum_is_asked(day_of_birth: date, serial: int, administrative: bool) -> None:
    text = f"{day_of_birth:%d%m%y}"
    day = int(text[:2]) + 60 * administrative
    number = f"{day:02}{text[2:]}{serial:04}"
    assert normal(CPR, number) == number


def test_other_systems_have_other_numbers() -> None:
    assert normal("urn:test", " case-1 ") == "case-1"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(secrets.token_hex(32))
    return file


def test_a_digest_tells_system_and_value_apart(key: Path) -> None:
    blinder = Blinder(key)
    pairs = [("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", "")]
    assert len({blinder.digest(*pair) for pair in pairs}) == len(pairs)
    assert blinder.digest("a", "bc") == Blinder(key).digest("a", "bc")


def test_a_digest_needs_the_key(key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(secrets.token_hex(32))
    assert Blinder(key).digest("a", "b") != Blinder(other).digest("a", "b")


def test_a_wrapped_key_comes_out_for_its_id_with_its_key_unchanged_only(key: Path, tmp_path: Path) -> None:
    wrapper, private = FileWrapper(key), secrets.token_bytes(96)
    wrapped = wrapper.wrap("id", private)
    assert wrapper.unwrap("id", wrapped) == private
    assert private not in wrapped
    other = tmp_path / "other"
    other.write_text(secrets.token_hex(32))
    changed = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
    attempts = [("another id", wrapped, key), ("id", changed, key), ("id", b"", key), ("id", wrapped, other)]
    for key_id, attempt, file in attempts:
        with pytest.raises(KeyUnwrapped):
            FileWrapper(file).unwrap(key_id, attempt)


@pytest.mark.parametrize("content", ["", "x" * 64, "ab" * 31, "ab" * 33])
def test_a_key_file_is_32_bytes_in_hex_and_never_quoted(content: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(content)
    with pytest.raises(ValueError, match="is not a key of 64 hex digits") as refused:
        read_key(file)
    assert not content or content not in str(refused.value)


@pytest.mark.parametrize(("value", "warned"), [("6101800006", False), ("6101800007", True)])
def test_a_number_that_fails_modulus_11_is_accepted_with_a_warning(value: str, warned: bool) -> None:
    assert warnings_of(CPR, normal(CPR, value)) == (["IDENTIFIER_MODULUS_11"] if warned else [])


def test_a_number_of_another_system_has_no_modulus() -> None:
    assert warnings_of("urn:test", "x") == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Havnegade 12, 3. tv., 9999 Nordby", "9999"),
        ("Storgatan 1234 B, 211 15 Malmö", "21115"),
        ("Vej 1\n5220 Odense SØ", "5220"),
        ("1050 Gade 2, 8000 Aarhus C", "8000"),
        ("Hemmelig", ""),
        ("", ""),
        ("Telefon 12345678 hos far", ""),
    ],
)
def test_of_an_address_only_the_postal_code_is_read(address: str, code: str) -> None:
    assert postal_code_of(address) == code
