"""The floor of appending: pgbench inserting single rows of the same size, prepared, one transaction each."""

import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.load import Rate
from deploy.local.postgres import Postgres

TABLE = """
CREATE TABLE IF NOT EXISTS floor (
    position bigserial PRIMARY KEY, stream uuid NOT NULL, version integer NOT NULL, type text NOT NULL,
    body bytea NOT NULL, UNIQUE (stream, version)
)
"""
INSERT = """
INSERT INTO floor (stream, version, type, body)
VALUES (gen_random_uuid(), 1, 'cases.NotebookOpened.v3', decode(repeat('61', {size}), 'hex'));
"""


def pgbench(postgres: Postgres, url: str, clients: int, seconds: int, size: int) -> Rate:
    """Insert rows with bodies of `size` bytes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE)
    return run_script(postgres, url, clients, seconds, INSERT.format(size=size))


def run_script(postgres: Postgres, url: str, clients: int, seconds: int, statement: str) -> Rate:
    """One statement, prepared, again and again."""
    address = urlsplit(url)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "statement.sql"
        script.write_text(statement)
        place = ["-h", address.hostname or "", "-p", str(address.port), "-U", address.username or ""]
        load = ["-n", "-M", "prepared", "-f", str(script), "-c", str(clients), "-j", str(min(clients, 2))]
        program = str(postgres.programs().bin / "pgbench")
        command = [program, *place, *load, "-T", str(seconds), "-l", "--log-prefix=log", address.path[1:]]
        environment = {"PGPASSWORD": address.password or ""}
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
        lines = [line.split() for file in Path(folder).glob("log.*") for line in file.read_text().splitlines()]
    return Rate.of([int(line[2]) / 1e6 for line in lines], seconds)
