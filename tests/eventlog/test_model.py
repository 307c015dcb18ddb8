"""Any sequence of commands, restarts and reads behaves as a list of streams in memory would."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from deploy.local.postgres import Postgres
from libs.eventlog import CommandReused, Context, Result, VersionStale, new_id
from tests.eventlog.conftest import Base, migrated
from tests.eventlog.notebook import NOTEBOOK, Close, NotebookIsClosed, NoteWritten, Write, context

Command = Write | Close
commands = st.one_of(st.builds(Write, text=st.sampled_from(["", "a", "b"]), times=st.integers(1, 3)), st.just(Close()))


class Model(RuleBasedStateMachine):
    """Beside two logs (two processes), what they should hold."""

    base: Base
    streams = Bundle("streams")
    given = Bundle("given")

    @initialize()
    def begin(self) -> None:
        self.first = self.base.query("SELECT position FROM counter")[0][0]
        self.logs = [self.base.log(states=2), self.base.log()]
        self.notes: dict[str, list[str]] = {}
        self.recorded: list[tuple[str, int]] = []
        self.results: dict[str, Result] = {}

    @rule(target=streams)
    def new_stream(self) -> str:
        stream = new_id()
        self.notes[stream] = []
        return stream

    @rule(target=given, stream=streams, command=commands, log=st.integers(0, 1), behind=st.none() | st.integers(0, 2))
    def execute(self, stream: str, command: Command, log: int, behind: int | None) -> tuple[str, Command, Context]:
        events = self.notes[stream]
        expected = None if behind is None else len(events) - behind
        facts = context(expected_version=expected)
        if behind:
            self._refused(VersionStale, log, stream, command, facts)
        elif "closed" in events and isinstance(command, Write):
            self._refused(NotebookIsClosed, log, stream, command, facts)
        else:
            new = self._decided(events, command)
            result = self.logs[log].execute(NOTEBOOK, stream, command, facts)
            events += new
            self.recorded += [(stream, version) for version in range(result.version - len(new) + 1, result.version + 1)]
            assert (result.id, result.version) == (stream, len(events))
            if new:
                assert result.position == self.first + len(self.recorded)
                self.results[facts.command_id] = result
        return stream, command, facts

    @rule(past=given, log=st.integers(0, 1))
    def repeat(self, past: tuple[str, Command, Context], log: int) -> None:
        stream, command, facts = past
        if facts.command_id in self.results:
            assert self.logs[log].execute(NOTEBOOK, stream, command, facts) == self.results[facts.command_id]
            self._refused(CommandReused, log, stream, Write("another"), facts)

    @rule(stream=streams, log=st.integers(0, 1), ahead=st.integers(-2, 2))
    def append(self, stream: str, log: int, ahead: int) -> None:
        events = self.notes[stream]
        version = len(events) + ahead
        if ahead or version < 0:
            with pytest.raises(VersionStale):
                self.logs[log].append(stream, version, [NoteWritten(number=1)], context())
        else:
            self.logs[log].append(stream, version, [NoteWritten(number=events.count("note") + 1)], context())
            events.append("note")
            self.recorded.append((stream, len(events)))

    @rule(log=st.integers(0, 1))
    def restart(self, log: int) -> None:
        self.logs[log].close()
        self.logs[log] = self.base.log()

    @rule(stream=streams, log=st.integers(0, 1))
    def load(self, stream: str, log: int) -> None:
        events = self.notes[stream]
        loaded = self.logs[log].load(NOTEBOOK, stream)
        assert (loaded.version, loaded.state.notes) == (len(events), events.count("note"))
        assert loaded.state.closed == ("closed" in events)
        assert len(self.logs[log].history(stream)) == len(events)

    @invariant()
    def positions_follow_each_other(self) -> None:
        rows = self.base.query(
            "SELECT stream::text, version, position FROM events WHERE position > %s ORDER BY position", (self.first,)
        )
        assert [row[:2] for row in rows] == self.recorded
        assert [row[2] for row in rows] == list(range(self.first + 1, self.first + 1 + len(self.recorded)))

    def teardown(self) -> None:
        for log in getattr(self, "logs", ()):
            log.close()

    def _decided(self, events: list[str], command: Command) -> list[str]:
        if isinstance(command, Write):
            return ["note"] * command.times
        return [] if "closed" in events else ["closed"]

    def _refused(self, refusal: type[Exception], log: int, stream: str, command: Command, facts: Context) -> None:
        with pytest.raises(refusal):
            self.logs[log].execute(NOTEBOOK, stream, command, facts)


@pytest.fixture(scope="module")
def shared_base(postgres: Postgres) -> Iterator[Base]:
    databases = postgres.fresh("cases")
    yield migrated(databases)
    databases.drop()


def test_the_log_behaves_as_a_list_in_memory(shared_base: Base) -> None:
    machine = type("ModelOverPostgres", (Model,), {"base": shared_base})
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )
