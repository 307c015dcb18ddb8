"""accesses: who looked, as a list per citizen."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from libs.bus.projection import Projection
from libs.bus.received import Received
from services.consents.events import AccessRecorded

INSERT: Final = "INSERT INTO accesses SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[])"


def add_accesses(connection: psycopg.Connection[Any], events: Sequence[Received]) -> None:
    looks = [event for event in events if event.envelope.type == AccessRecorded.type]
    if looks:
        columns = [
            [event.envelope.citizen for event in looks],
            [event.position for event in looks],
            [event.body for event in looks],
        ]
        connection.execute(INSERT, columns)


ACCESSES: Final = Projection(name="accesses", apply=add_accesses, bulk=("accesses",))
