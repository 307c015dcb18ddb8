"""The library's recorder over our tables: appends through the group commit, reads without its locks."""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import sql

from libs.eventlog.append import Append, Command
from libs.eventlog.committer import Committer
from libs.eventlog.datastore import PATIENCE, Datastore
from libs.eventlog.notifier import CHANNEL

EVENTS: Final = "events"


class GroupRecorder(PostgresApplicationRecorder):
    """Positions are gapless and in commit order, so a reader that follows them misses nothing.

    `insert_events` takes the events of one stream. Tables are made by migrations, not here.
    """

    datastore: Datastore

    def __init__(self, datastore: Datastore, committer: Committer) -> None:
        super().__init__(datastore, events_table_name=EVENTS)
        self.channel_name = CHANNEL
        self.committer = committer

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, command: Command | None = None, **_: Any
    ) -> Sequence[int] | None:
        """Their positions. Raises as Committer.commit."""
        if not stored_events:
            return None
        return self.committer.commit(Append(stored_events, command, monotonic() + PATIENCE))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        query = sql.SQL(
            "SELECT version, type, body FROM events WHERE stream = %s AND version > %s AND version <= %s"
            " ORDER BY version {} LIMIT %s"
        ).format(sql.SQL("DESC" if desc else "ASC"))
        rows = self.datastore.rows(query, (originator_id, gt or 0, lte or 2**31 - 1, limit))
        return [StoredEvent(originator_id, *row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 0 if start is None else start if inclusive_of_start else start + 1
        query = (
            "SELECT stream::text, version, type, body, position FROM events WHERE position >= %s AND position <= %s"
            " AND (%s OR type = ANY(%s)) ORDER BY position LIMIT %s"
        )
        last = 2**63 - 1 if stop is None else stop
        return [
            Notification(*row) for row in self.datastore.rows(query, (first, last, not topics, list(topics), limit))
        ]

    def max_notification_id(self) -> int | None:
        ((last,),) = self.datastore.rows("SELECT max(position) FROM events")
        return None if last is None else int(last)
