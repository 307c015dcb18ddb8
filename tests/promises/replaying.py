"""A timeline thrown away and made again from the logs is the same, byte for byte."""

import hashlib

import psycopg

from deploy.local.platform import Platform
from libs.host.settings import Settings
from libs.spec.platforms import samspor, settings_of
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.workload import Workload

ENTRIES = "SELECT citizen, time, source, position, class, body FROM entries ORDER BY citizen, time, source, position"


def gives_the_same_bytes(platform: Platform, full: bool) -> Figure:
    """`samspor replay timeline` after a workload, compared with what the consumers had made."""
    commands = 20_000 if full else 400
    settings = settings_of(platform)
    workload = Workload(settings, writers=8).start()
    workload.acknowledged.wait_for(commands)
    workload.stop()
    arrived = settled(settings, 300)
    before, count = digest(settings)
    replayed = samspor(platform, "replay", "timeline").strip().splitlines()[-1]
    after, _ = digest(settings)
    same = before == after
    return Figure(f"{count} entries, identical {same}, {replayed}", arrived and same and count > 0)


def digest(settings: Settings) -> tuple[str, int]:
    """SHA-256 over every column of every entry in order, and their number."""
    total, count = hashlib.sha256(), 0
    with psycopg.connect(settings.database_of("timeline")) as connection, connection.cursor(name="all") as cursor:
        cursor.execute(ENTRIES)
        for row in cursor:
            count += 1
            for cell in row:
                part = bytes(cell) if isinstance(cell, bytes) else str(cell).encode()
                total.update(len(part).to_bytes(4) + part)
    return total.hexdigest(), count
