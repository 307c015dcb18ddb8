"""Rights against a model of a few lines, with the process that decides dying between any two steps of an erasure.

What is decided holds for the next reading, whatever was left undone; and what was left undone is done by the worker, or
by the next process that starts.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from samspor.consents.v1 import consents_pb2 as consents

from libs.bus.received import Received
from libs.eventlog import Binding, derived_id, new_id
from libs.host.calls import Caller
from libs.host.clients import GrpcClients
from libs.host.service import Runtime
from libs.host.settings import Settings
from libs.sealing import seal
from services.consents.citizen import CITIZEN
from services.consents.destruction import Destruction
from services.consents.errors import RightAlreadyDecided
from services.consents.exercising import decide_right, invoke_right
from services.consents.handlers import register_citizen
from services.consents.policies import when_erasure_granted_destroy_keys
from services.consents.reading import open_texts
from services.consents.rights_events import RightDecided
from services.consents.service import SERVICE, Consents
from services.consents.tombstones import TOMBSTONES_FILE, Tombstones
from tests.consents.counter import FAMILY, NGO

CONTROLLERS: Final = (FAMILY.organisation, NGO.organisation)
STEPS: Final = ("prepare", "bury", "destroy", "record")


class Died(BaseException):
    """The process is gone: nothing catches it."""


class Mortal(Destruction):
    """Dies before or after the step that is named; `wait` is none, for nobody else seals here."""

    dies_at: str = ""
    after: bool = False

    def prepare(self, citizen: str, organisation: str) -> tuple[str, ...]:
        with self.step("prepare"):
            return super().prepare(citizen, organisation)

    def bury(self, keys: Any) -> None:
        with self.step("bury"):
            super().bury(keys)

    def destroy(self, connection: Any, keys: Any) -> None:
        with self.step("destroy"):
            super().destroy(connection, keys)

    def record(self, keys: Any = None) -> int:
        with self.step("record"):
            return super().record(keys)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        if self.dies_at == name and not self.after:
            raise Died
        yield
        if self.dies_at == name:
            raise Died


def process(chosen: Settings, clients: GrpcClients) -> tuple[Runtime, Consents, Mortal]:
    runtime = Runtime(SERVICE, chosen, clients)
    made = Consents(runtime)
    stones = Tombstones(chosen.folder("secrets") / TOMBSTONES_FILE)
    mortal = Mortal(runtime.log, runtime.pool, stones, wait=0.0)
    made.destruction = mortal
    return runtime, made, mortal


class Rights(RuleBasedStateMachine):
    chosen: Settings
    clients: GrpcClients

    def __init__(self) -> None:
        super().__init__()
        self.runtime, self.consents, self.destruction = process(self.chosen, self.clients)
        identifier = consents.Identifier(system="urn:samspor:test", value=uuid4().hex)
        made = consents.RegisterCitizen(identifier=identifier, name="Amalie")
        self.citizen = register_citizen(self.consents, made, self.caller(FAMILY.organisation)).id
        self.texts: list[tuple[str, consents.SealedText, bool]] = []
        """Controller, text, and whether it must still be readable."""
        self.open: dict[str, set[str]] = {}
        """Request -> controllers that have yet to decide."""
        self.backup: list[tuple[str, bytes]] = []

        for controller in CONTROLLERS:
            self.write(controller)
        self.invoke(set(CONTROLLERS))

    def teardown(self) -> None:
        self.nothing_is_left_undone_after_the_worker()
        self.runtime.close()

    def caller(self, organisation: str, role: str = "coordinator") -> Caller:
        now = datetime.now(UTC)
        actor = self.citizen if role == "citizen" else "somebody"
        via = ("timeline",) if role == "citizen" else ()
        return Caller(
            command_id=str(uuid4()),
            actor=actor,
            organisation=organisation,
            role=role,
            now=now,
            occurred=now,
            via=via,
        )

    @rule(controller=st.sampled_from(CONTROLLERS))
    def write(self, controller: str) -> None:
        key_id, public = self.consents.keys.public(self.citizen, controller)
        binding = Binding(new_id(), 1, "cases.NoteWritten.v1")
        sealed = seal(public, binding, key_id, b'{"text":"canary"}')
        text = consents.SealedText(key=key_id, sealed=sealed, stream=binding.stream, version=1, type=binding.type)
        self.texts.append((controller, text, True))

    @rule(controllers=st.sets(st.sampled_from(CONTROLLERS), min_size=1))
    def invoke(self, controllers: set[str]) -> None:
        command = consents.InvokeRight(citizen=self.citizen, right="erasure", controllers=sorted(controllers))
        caller = self.caller(FAMILY.organisation)
        invoke_right(self.consents, command, caller)
        self.open[derived_id(caller.command_id, "request")] = set(controllers)

    @precondition(lambda self: self.open)
    @rule(
        data=st.data(),
        outcome=st.sampled_from(["granted", "granted", "granted", "refused", "legal_hold"]),
        dies_at=st.sampled_from(["", *STEPS]),
        after=st.booleans(),
        repeated=st.booleans(),
    )
    def decide(self, data: st.DataObject, outcome: str, dies_at: str, after: bool, repeated: bool) -> None:
        request = data.draw(st.sampled_from(list(self.open)))  # as they came: ids differ from run to run
        controller = data.draw(st.sampled_from([part.controller for part in self.parts(request)]))
        command = consents.DecideRight(
            citizen=self.citizen,
            request=request,
            controller=controller,
            outcome=outcome,
            ground="legal-claims" if outcome == "refused" else "",
        )
        caller = self.caller(controller)
        if controller not in self.open[request]:
            with pytest.raises(RightAlreadyDecided):
                decide_right(self.consents, command, caller)
            return
        self.destruction.dies_at, self.destruction.after = dies_at, after
        with suppress(Died):
            decide_right(self.consents, command, caller)
        self.destruction.dies_at = ""
        if outcome == "granted" and dies_at == "prepare":
            return
        if outcome != "legal_hold":
            self.open[request].remove(controller)
        if outcome == "granted":
            self.texts = [(who, text, alive and who != controller) for who, text, alive in self.texts]
        if repeated:
            decide_right(self.consents, command, caller)

    def parts(self, request: str) -> Any:
        state = self.consents.log.load(CITIZEN, self.citizen).state
        return next(each for each in state.rights if each.id == request).parts

    @rule()
    def start_again(self) -> None:
        self.runtime.close()
        self.runtime, self.consents, self.destruction = process(self.chosen, self.clients)

    @rule()
    def worker(self) -> None:
        when_erasure_granted_destroy_keys(self.consents, self.received())

    def received(self) -> list[Any]:
        with psycopg.connect(self.chosen.database_of("consents")) as connection:
            rows = connection.execute(
                "SELECT position, body FROM events WHERE stream = %s AND type = %s ORDER BY position",
                [self.citizen, RightDecided.type],
            ).fetchall()
        return [Received(position, bytes(body)) for position, body in rows]

    @rule()
    def back_up(self) -> None:
        with psycopg.connect(self.chosen.database_of("consents")) as connection:
            query = "SELECT id::text, wrapped FROM keys WHERE citizen = %s AND wrapped IS NOT NULL"
            self.backup = connection.execute(query, [self.citizen]).fetchall()

    @rule()
    def restore(self) -> None:
        """The keys of the backup, into a database that still has the decisions, and then a start."""
        with psycopg.connect(self.chosen.database_of("consents")) as connection:
            for key_id, wrapped in self.backup:
                connection.execute("UPDATE keys SET wrapped = %s, destroyed = NULL WHERE id = %s", [wrapped, key_id])
        self.start_again()

    @invariant()
    def what_is_erased_and_nothing_else_is_gone(self) -> None:
        question = consents.Open(citizen=self.citizen, purpose="own_access")
        for index, (controller, text, _) in enumerate(self.texts):
            question.classes.add(organisation=controller, category="family", sensitivity="normal")
            question.texts.add().CopyFrom(text)
            question.texts[-1].class_index = index
        opened = open_texts(self.consents, question, self.caller("", "citizen"))
        read = [(each.personal.get("text"), each.erased) for each in opened.texts]
        assert read == [("canary", False) if alive else (None, True) for _, _, alive in self.texts]

    @rule()
    def nothing_is_left_undone_after_the_worker(self) -> None:
        """Every key of an erased text is destroyed, buried and on record once; no other is."""
        self.worker()
        erased = {text.key for _, text, alive in self.texts if not alive}
        living = {text.key for _, text, alive in self.texts if alive}
        with psycopg.connect(self.chosen.database_of("consents")) as connection:
            left = connection.execute(
                "SELECT id::text FROM keys WHERE id = ANY(%s::uuid[]) AND wrapped IS NOT NULL",
                [[*erased, *living]],
            ).fetchall()
            recorded = connection.execute(
                "SELECT stream::text FROM events WHERE stream = ANY(%s::uuid[]) AND version = 2",
                [[*erased, *living]],
            ).fetchall()
        assert {key_id for (key_id,) in left} == living
        assert sorted(stream for (stream,) in recorded) == sorted(erased)
        assert erased <= Tombstones(self.chosen.folder("secrets") / TOMBSTONES_FILE).all()


def test_rights_are_as_the_model_says(consents_settings: Settings) -> None:
    clients = GrpcClients("consents", consents_settings)
    machine = type("Here", (Rights,), {"chosen": consents_settings, "clients": clients})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    clients.close()
