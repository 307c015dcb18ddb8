"""A sealed text opens with its key, in its place, unchanged; else not at all."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, strategies

from libs.eventlog import Binding
from libs.sealing import LEASE, KeyCache, KeysAway, SealBroken, open_sealed, seal
from libs.sealing.hybrid import X25519, generate, info_of, private_key, public_key

PLACE: Final = Binding("01890a5d-ac96-774b-bcce-b302099ab001", 3, "cases.NoteWritten.v1")
PRIVATE, PUBLIC = generate()
OPENER: Final = private_key(PRIVATE)


@given(strategies.binary(max_size=2000))
def test_what_was_sealed_opens(plain: bytes) -> None:
    assert open_sealed(OPENER, PLACE, "k", seal(PUBLIC, PLACE, "k", plain)) == plain


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert seal(PUBLIC, PLACE, "k", b"text") != seal(PUBLIC, PLACE, "k", b"text")


@pytest.mark.parametrize(
    "place",
    [
        replace(PLACE, stream="01890a5d-ac96-774b-bcce-b302099ab002"),
        replace(PLACE, version=4),
        replace(PLACE, type="cases.NoteWritten.v2"),
    ],
)
def test_a_text_that_was_moved_does_not_open(place: Binding) -> None:
    sealed = seal(PUBLIC, PLACE, "k", b"text")
    with pytest.raises(SealBroken):
        open_sealed(OPENER, place, "k", sealed)


def test_a_text_opens_under_its_key_only() -> None:
    sealed = seal(PUBLIC, PLACE, "k", b"text")
    with pytest.raises(SealBroken):
        open_sealed(OPENER, PLACE, "another id", sealed)
    with pytest.raises(SealBroken):
        open_sealed(private_key(generate()[0]), PLACE, "k", sealed)


def test_half_of_the_hybrid_key_is_not_enough() -> None:
    """The X25519 half alone, and the ML-KEM half alone, of the right key."""
    other, _ = generate()
    sealed = seal(PUBLIC, PLACE, "k", b"text")
    for half in (other[:-X25519] + PRIVATE[-X25519:], PRIVATE[:-X25519] + other[-X25519:]):
        with pytest.raises(SealBroken):
            open_sealed(private_key(half), PLACE, "k", sealed)


@given(strategies.data())
def test_a_text_that_was_changed_does_not_open(data: strategies.DataObject) -> None:
    sealed = bytearray(seal(PUBLIC, PLACE, "k", b"text"))
    sealed[data.draw(strategies.integers(0, len(sealed) - 1))] ^= data.draw(strategies.integers(1, 255))
    with pytest.raises(SealBroken):
        open_sealed(OPENER, PLACE, "k", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"x", b"\0" * 1120])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(OPENER, PLACE, "k", sealed)


TEXTS: Final = strategies.text(alphabet="ab1", max_size=3)
BINDINGS: Final = strategies.tuples(strategies.builds(Binding, TEXTS, strategies.integers(0, 200), TEXTS), TEXTS)


@given(BINDINGS, BINDINGS)
def test_no_two_places_are_written_alike(one: tuple[Binding, str], other: tuple[Binding, str]) -> None:
    assert (info_of(*one) == info_of(*other)) == (one == other)


@pytest.mark.parametrize(("read", "whole"), [(public_key, PUBLIC), (private_key, PRIVATE)], ids=["public", "private"])
def test_a_key_of_another_length_is_refused(read: Callable[[bytes], object], whole: bytes) -> None:
    for wrong in (b"", whole[:-1], whole + b"\0"):
        with pytest.raises(ValueError, match="bytes, not"):
            read(wrong)


def test_a_key_is_asked_for_once_in_its_lease_and_the_oldest_is_forgotten_for_others() -> None:
    asked: list[str] = []
    now = 100.0

    def fetch(citizen: str, organisation: str, _anew: bool) -> tuple[str, bytes]:
        nonlocal now
        asked.append(citizen)
        now += 0.25  # the answer takes its time, and the lease began before it
        return f"{citizen}/{organisation}/{len(asked)}", PUBLIC

    def sealed_by(citizen: str) -> str:
        key_id, sealed = cache.seal(citizen, "o", PLACE, b"text")
        assert open_sealed(OPENER, PLACE, key_id, sealed) == b"text"
        return key_id

    cache = KeyCache(fetch, most=2, clock=lambda: now)
    assert [sealed_by(each) for each in ("a", "a", "b", "a")] == ["a/o/1", "a/o/1", "b/o/2", "a/o/1"]
    now = 100.0 + LEASE - 0.01
    assert sealed_by("a") == "a/o/1"
    now = 100.0 + LEASE
    assert sealed_by("b") == "b/o/2", "asked for later, so that its lease is not over"
    assert sealed_by("a") == "a/o/3"
    assert [sealed_by(each) for each in ("c", "a", "b", "c")] == ["c/o/4", "a/o/3", "b/o/5", "c/o/4"]
    assert sealed_by("a") == "a/o/6", "the oldest of two made room"


def test_while_nobody_answers_the_last_key_goes_on_and_nobody_is_asked_for_a_second() -> None:
    asked: list[tuple[str, bool]] = []
    now, away = 100.0, False

    def fetch(citizen: str, _organisation: str, anew: bool) -> tuple[str, bytes]:
        asked.append((citizen, anew))
        if away:
            raise KeysAway from TimeoutError("no answer")
        return f"{citizen}/{len(asked)}", PUBLIC

    cache = KeyCache(fetch, clock=lambda: now)
    assert [cache.key(each, "o")[0] for each in ("a", "b")] == ["a/1", "b/2"]
    now, away = 100.0 + LEASE, True
    assert [cache.key(each, "o")[0] for each in ("a", "b", "a")] == ["a/1", "b/2", "a/1"]
    assert asked[2:] == [("a", True)]
    with pytest.raises(TimeoutError):
        cache.key("c", "o")
    now, away = 100.0 + 2 * LEASE, False
    assert cache.key("a", "o")[0] == "a/5", "asked again, and answered"
