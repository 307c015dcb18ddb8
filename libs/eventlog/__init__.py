"""The truth of a service: its event log. Publishes the bytes it stores; consumes nothing; knows no domain word.

A service declares events (Event), an aggregate as two pure functions (Decider) and refusals (Refusal); its handlers
call Log.execute. Read log.py first, then committer.py and batch.py for how appends reach the disk.
"""

from libs.eventlog.append import Result
from libs.eventlog.codec import decode, decode_head, encode
from libs.eventlog.decider import Context, Decider
from libs.eventlog.event import ABOUT, Event, Personal, Recorded, personal_fields
from libs.eventlog.follow import Cursor, LogDamaged, Page
from libs.eventlog.ids import derived_id, new_id
from libs.eventlog.loaded import Loaded
from libs.eventlog.log import Log
from libs.eventlog.refusal import (
    CommandReused,
    EventTooLarge,
    Kind,
    LogUnavailable,
    Refusal,
    VersionStale,
)
from libs.eventlog.registry import Fields, Registry, TypeUnknown, Upcasts
from libs.eventlog.sealer import Binding, Sealer

__all__ = [
    "ABOUT",
    "Binding",
    "CommandReused",
    "Context",
    "Cursor",
    "Decider",
    "Event",
    "EventTooLarge",
    "Fields",
    "Kind",
    "Loaded",
    "Log",
    "LogDamaged",
    "LogUnavailable",
    "Page",
    "Personal",
    "Recorded",
    "Refusal",
    "Registry",
    "Result",
    "Sealer",
    "TypeUnknown",
    "Upcasts",
    "VersionStale",
    "decode",
    "decode_head",
    "derived_id",
    "encode",
    "new_id",
    "personal_fields",
]
