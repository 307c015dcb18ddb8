"""What a consumer promises: every event once, in order, whatever the queue does."""

import random

import psycopg
import pytest

from libs.bus import Received
from libs.bus.connection import Link
from libs.bus.names import queue_of
from tests.bus.conftest import House, Source, Wire, consuming, put, wait_until

QUEUE = queue_of("timeline", "cases")


def all_once(house: House, source: Source) -> bool:
    return house.seen == list(enumerate(source.bodies, start=1))


def test_published_events_are_applied_in_order_and_byte_for_byte(
    broker: str, house: House, source: Source, wire: Wire
) -> None:
    with consuming(broker, house, source):
        for size in (1, 3, 2, 50):
            wire(source.add(size))
        wait_until(lambda: all_once(house, source), "56 events applied")
    assert house.position == 56


def test_a_hundred_shuffled_duplicates_of_each_message_have_one_effect(
    broker: str, house: House, source: Source, wire: Wire
) -> None:
    batches = [source.add(size) for size in (1, 4, 2, 1, 7)] * 100
    random.Random(11).shuffle(batches)
    wire(*batches)
    with consuming(broker, house, source):
        wait_until(lambda: depth(broker) == 0, "the queue empty")
    assert all_once(house, source)


def test_a_missing_message_is_fetched_from_the_source(broker: str, house: House, source: Source, wire: Wire) -> None:
    with consuming(broker, house, source) as consumer:
        wait_until(lambda: source.asked > 0, "the source's head asked for at start")
        source.add(2_500)
        wire(source.add(1))
        wait_until(lambda: all_once(house, source), "the gap filled, in more pages than one")
        assert consumer.standing.lag == 0


def test_messages_that_fit_are_applied_while_the_source_is_away(
    broker: str, house: House, source: Source, wire: Wire
) -> None:
    source.away = True
    with consuming(broker, house, source):
        wire(source.add(3))
        wait_until(lambda: all_once(house, source), "three events applied")
        source.add(1)
        wire(source.add(1))
        asked = source.asked
        wait_until(lambda: source.asked > asked + 1, "the gap asked for more than once")
        assert len(house.seen) == 3
        source.away = False
        wait_until(lambda: all_once(house, source), "the gap filled once the source is back")


def test_nothing_published_is_found_at_start_and_by_the_probe(broker: str, house: House, source: Source) -> None:
    source.add(5)
    with consuming(broker, house, source, probe=0.1):
        wait_until(lambda: all_once(house, source), "what was there at the start")
        source.add(5)
        wait_until(lambda: all_once(house, source), "what came without a message")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"not json", {"first-position": 2, "count": 1}),
        (b'{"not": "a batch"}', {"first-position": 2, "count": 1}),
        (b"[1, 2]", {"first-position": 2, "count": 2}),
        (b"[{}]", {"first-position": 2, "count": 3}),
        (b"[]", {"first-position": 2, "count": 0}),
        (b"[{}]", {"count": 1}),
        (b"[{}]", {"first-position": "two", "count": 1}),
        (b"", {}),
    ],
)
def test_an_undecodable_message_is_parked_and_others_flow(
    broker: str, house: House, source: Source, wire: Wire, body: bytes, headers: dict[str, object]
) -> None:
    with consuming(broker, house, source):
        wire(source.add(1))
        source.add(1)
        link = Link(broker)
        put(link, body, headers)
        put(link, body, headers)
        wire(source.add(2))
        wait_until(lambda: all_once(house, source), "the events around it and the one it stood for")
        wait_until(lambda: depth(broker) == 0, "the queue empty")
        link.close()
    assert house.rows("SELECT source, position, reason, body FROM parked") == [("cases", None, "UNDECODABLE", body)]


def test_an_event_the_handler_refuses_is_parked_alone(broker: str, house: House, source: Source, wire: Wire) -> None:
    def refuse_seven(_connection: object, received: Received) -> None:
        if received.data["n"] == 7:
            raise KeyError("personal text that must not be kept")

    house.before = refuse_seven
    with consuming(broker, house, source):
        wire(source.add(10), source.add(2))
        wait_until(lambda: house.position == 12, "all positions passed")
    assert [position for position, _ in house.seen] == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
    parked = house.rows("SELECT source, position, reason, cause, body FROM parked")
    assert parked == [("cases", 7, "REFUSED", "KeyError", source.bodies[6])]


def test_a_failing_database_is_waited_for_and_parks_nothing(
    broker: str, house: House, source: Source, wire: Wire
) -> None:
    failures = iter([psycopg.OperationalError, psycopg.errors.UndefinedTable, ConnectionResetError])

    def fail_thrice(_connection: object, _received: Received) -> None:
        if failure := next(failures, None):
            raise failure

    house.before = fail_thrice
    with consuming(broker, house, source) as consumer:
        wire(source.add(4))
        wait_until(lambda: all_once(house, source), "applied in the end")
        assert consumer.standing.trouble == ""
    assert house.rows("SELECT * FROM parked") == []


def test_a_lost_connection_to_the_database_is_replaced(
    broker: str, house: House, source: Source, wire: Wire, databases: object
) -> None:
    ended: list[bool] = []

    def end_own_backend(connection: psycopg.Connection[object], _received: Received) -> None:
        if not ended:
            ended.append(True)
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    house.before = end_own_backend
    with consuming(broker, house, source):
        wire(source.add(4))
        wait_until(lambda: all_once(house, source), "applied on another connection")


def test_what_a_stopped_consumer_had_not_acknowledged_comes_again(
    broker: str, house: House, source: Source, wire: Wire
) -> None:
    wire(*[source.add(1) for _ in range(300)])
    with consuming(broker, house, source):
        wait_until(lambda: house.position > 0, "something applied")
    with consuming(broker, house, source):
        wait_until(lambda: all_once(house, source), "the rest applied")
        wait_until(lambda: depth(broker) == 0, "the queue empty")


def test_two_consumers_of_one_queue_have_one_effect(broker: str, house: House, source: Source, wire: Wire) -> None:
    with consuming(broker, house, source, probe=0.05), consuming(broker, house, source, probe=0.05):
        for _ in range(50):
            wire(source.add(3))
        wait_until(lambda: all_once(house, source), "150 events applied once")


def test_a_deleted_queue_is_declared_again(broker: str, house: House, source: Source, wire: Wire) -> None:
    with consuming(broker, house, source) as consumer:
        wire(source.add(1))
        wait_until(lambda: all_once(house, source), "one event applied")
        link = Link(broker)
        link.channel.queue_delete(QUEUE)
        source.add(1)
        wait_until(lambda: all_once(house, source), "found at the source on the new connection")
        wait_until(lambda: consumer.standing.connected, "consuming again")
        wire(source.add(1))
        wait_until(lambda: all_once(house, source), "one from the new queue")
        link.close()


def depth(broker: str) -> int:
    """Messages in the queue that are not yet delivered."""
    link = Link(broker)
    try:
        return int(link.channel.queue_declare(QUEUE, passive=True).message_count)
    finally:
        link.close()
