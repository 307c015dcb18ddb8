"""Where a page ends and the next begins."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.host.paging import PageTokenMalformed, page_size, place_of, token_of


class Place(NamedTuple):
    time: datetime
    source: str
    position: int


TIMES = st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001


@given(TIMES, st.sampled_from(["cases", "consents"]), st.integers(1, 2**62))
def test_a_token_stands_for_its_place(time: datetime, source: str, position: int) -> None:
    place = Place(time, source, position)

    assert place_of(token_of(place), Place) == place


def test_no_token_is_the_first_page() -> None:
    assert place_of("", Place) is None


@pytest.mark.parametrize("token", ["x", "AAAA", "🜁", "kw", "../../etc", token_of(("2026-01-01", 1))])
def test_a_token_of_somebody_else_is_refused(token: str) -> None:
    with pytest.raises(PageTokenMalformed):
        place_of(token, Place)


@given(st.text(max_size=60))
def test_no_token_does_anything_else_than_stand_for_a_place_or_be_refused(token: str) -> None:
    try:
        place = place_of(token, Place)
    except PageTokenMalformed:
        return
    assert place is None or isinstance(place.time, datetime)


@pytest.mark.parametrize(("asked", "given_"), [(0, 50), (1, 1), (200, 200), (4_000_000_000, 200)])
def test_page_sizes(asked: int, given_: int) -> None:
    assert page_size(asked) == given_
