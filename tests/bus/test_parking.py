"""The parking lot: looked at, tried again, and left as it was when that fails."""

import pytest

from libs.bus import parking
from libs.bus.message import Batch
from libs.bus.parking import NotParked, Reason
from tests.bus.conftest import House, event


def test_a_parked_event_is_shown_retried_and_then_parked_no_longer(house: House) -> None:
    body = event(1)
    with house.pool.connection() as connection:
        for _ in range(2):
            parking.park(connection, "cases", 7, body, reason=Reason.REFUSED, cause="KeyError")
        (row,) = parking.parked(connection)
        assert (row.source, row.position, row.reason, row.cause, row.size) == (
            "cases",
            7,
            "REFUSED",
            "KeyError",
            len(body),
        )
        assert parking.show(connection, row.id) == (row, body)
        parking.retry(connection, row.id, house.handle)
        assert parking.parked(connection) == []
        with pytest.raises(NotParked):
            parking.retry(connection, row.id, house.handle)
    assert house.seen == [(7, body)]


def test_an_event_that_is_refused_again_stays_parked(house: House) -> None:
    def refuse(*_: object) -> None:
        raise KeyError

    house.before = refuse
    house.inbox.apply(Batch(1, [event(1)]))
    with house.pool.connection() as connection:
        (row,) = parking.parked(connection)
        with pytest.raises(KeyError):
            parking.retry(connection, row.id, house.handle)
        assert parking.parked(connection) == [row]
    assert (house.seen, house.position) == ([], 1)


def test_a_parked_message_is_only_forgotten(house: House) -> None:
    house.inbox.park_message(b"junk", "no JSON array")
    with house.pool.connection() as connection:
        (row,) = parking.parked(connection)
        parking.retry(connection, row.id, house.handle)
        assert parking.parked(connection) == []
    assert house.seen == []
