"""Legal commands in any order, with time passing and processes dying: who may read is what a simple model says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any, Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from samspor.consents.v1 import consents_pb2 as consents

from deploy.local.postgres import Postgres
from libs.eventlog import Context, Log, Refusal, derived_id, new_id
from libs.host.times import period
from libs.spec.scenario import CONTEXT, NOW
from services.consents.citizen import CITIZEN, Registration
from services.consents.decisions import AccessClass, Question, decide_classes
from services.consents.errors import ConsentNotActive, ConsentOverlapping
from services.consents.events import EVENTS
from services.consents.state import Citizen
from tests.consents.held import Held
from tests.consents.people import CLINIC, FAMILY, LAW, NGO
from tests.consents.viewers import POLICIES
from tests.eventlog.conftest import migrated
from tests.eventlog.notebook import Backwards
from tests.promises import oracle
from tests.promises.oracle import LAWS, Block, Emergency, Ground, Lasting, Representation

HOUR: Final = timedelta(hours=1)
CATEGORIES: Final = ("family", "housing", "health")
PURPOSES: Final = ("casework", "mentoring")
MOTHER: Final = "01890a5d-ac96-774b-bcce-b302099ac00d"
READERS: Final = [
    *(oracle.Reader(role, each, role) for each in (NGO, CLINIC) for role in ("caseworker", "ngo_worker")),
    oracle.Reader("auditor", NGO, "auditor"),
]
CLASSES: Final = [AccessClass(*each, "") for each in product((NGO, FAMILY), CATEGORIES, ("normal", "confidential"))]

some = st.sets(st.sampled_from(CATEGORIES), min_size=1, max_size=2).map(sorted)
organisations = st.sampled_from((NGO, CLINIC))
crashes = st.sampled_from(("", "decided", "recorded"))
beginnings = st.integers(-2, 3)
lengths = st.integers(3, 30)


class Model(RuleBasedStateMachine):
    """Two processes over one database. One that dies has decided and not recorded, or recorded and not answered: the
    command is then sent to the other under its id."""

    dsn: str

    @initialize()
    def begin(self) -> None:
        self.logs = [self.log(), self.log()]
        self.now, self.citizen = NOW, new_id()
        self.consents: list[Held] = []
        self.renewed: set[str] = set()
        self.laws: list[Held] = []
        self.blocks: dict[str, Block] = {}
        self.emergencies: list[Emergency] = []
        self.representations: dict[str, Representation] = {}
        registration = consents.RegisterCitizen(identifier=consents.Identifier(system="urn:test", value="1"))
        self.say(Registration(self.citizen, registration), "")
        self.give(NGO, ["family", "housing"], 0, 40, "")

    def log(self) -> Log:
        return Log("consents", self.dsn, EVENTS, sealer=Backwards())

    def say(self, command: Any, crash: str, **who: Any) -> str:
        """The command's id. Raises a Refusal."""
        context = replace(CONTEXT, command_id=str(uuid4()), now=self.now, occurred=self.now, **who)
        first, second = self.logs
        self.logs.reverse()
        if crash == "decided":
            CITIZEN.decide(first.load(CITIZEN, self.citizen).state, command, context)
        result = second.execute(CITIZEN, self.citizen, command, context)
        if crash == "recorded":
            assert first.execute(CITIZEN, self.citizen, command, context) == result
        return context.command_id

    @rule(hours=st.integers(1, 3))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    @rule(grantee=organisations, categories=some, begins=beginnings, lasts=lengths, crash=crashes)
    def give(self, grantee: str, categories: list[str], begins: int, lasts: int, crash: str) -> None:
        since, until = self.now + begins * HOUR, self.now + (begins + lasts) * HOUR
        ground = Ground(grantee, Lasting(since, until), categories, PURPOSES)
        command = self.giving(grantee, categories, since, until)
        if any(each.overlaps(ground, self.now) for each in self.consents):
            with pytest.raises(ConsentOverlapping):
                self.say(command, crash)
        else:
            self.consents.append(Held(derived_id(self.say(command, crash), "consent"), ground))

    @precondition(lambda self: self.consents)
    @rule(data=st.data(), categories=some, crash=crashes)
    def withdraw(self, data: st.DataObject, categories: list[str], crash: str) -> None:
        """Of these categories, or of all where it has none of them."""
        held = data.draw(st.sampled_from(self.consents))
        gone = [each for each in categories if each in held.ground.categories]
        kept = [each for each in held.ground.categories if gone and each not in gone]
        command = consents.WithdrawConsent(citizen=self.citizen, consent=held.id, categories=gone)
        if not held.stands(self.now):
            self.refused(ConsentNotActive, command, crash)
            return
        command_id, lasts = self.say(command, crash), held.ground.lasts
        held.end()
        if kept:
            rest = replace(held.ground, categories=kept, lasts=replace(lasts, since=max(self.now, lasts.since)))
            self.consents.append(Held(derived_id(command_id, "successor"), rest))

    @precondition(lambda self: self.consents)
    @rule(data=st.data(), crash=crashes)
    def invalidate(self, data: st.DataObject, crash: str) -> None:
        held = data.draw(st.sampled_from(self.consents))
        command = consents.InvalidateConsent(citizen=self.citizen, consent=held.id, ground="not_informed")
        if held.stands(self.now):
            self.say(command, crash)
            held.end()
        else:
            self.refused(ConsentNotActive, command, crash)

    @precondition(lambda self: self.consents)
    @rule(data=st.data(), lasts=lengths, crash=crashes)
    def renew(self, data: st.DataObject, lasts: int, crash: str) -> None:
        """The old one ends where the new one begins, now, if it has not ended before."""
        old = data.draw(st.sampled_from(self.consents))
        until = self.now + lasts * HOUR
        ground = replace(old.ground, lasts=Lasting(self.now, until))
        command = self.giving(ground.holder, list(ground.categories), self.now, until, renews=old.id)
        if old.ground.lasts.ended or old.id in self.renewed:
            self.refused(ConsentNotActive, command, crash)
        elif any(each.overlaps(ground, self.now) for each in self.consents if each is not old):
            self.refused(ConsentOverlapping, command, crash)
        else:
            self.consents.append(Held(derived_id(self.say(command, crash), "consent"), ground))
            assert old.ground.lasts.until
            ends = min(old.ground.lasts.until, self.now)
            old.ground = replace(old.ground, lasts=replace(old.ground.lasts, until=ends))
            self.renewed.add(old.id)

    @rule(organisation=organisations, begins=beginnings, lasts=lengths | st.none(), crash=crashes)
    def state_a_law(self, organisation: str, begins: int, lasts: int | None, crash: str) -> None:
        since = self.now + begins * HOUR
        until = None if lasts is None else since + lasts * HOUR
        command = consents.EstablishBasis(
            citizen=self.citizen, organisation=organisation, law=LAW, period=period(since, until)
        )
        basis = derived_id(self.say(command, crash), "basis")
        words = LAWS[LAW]
        ground = Ground(organisation, Lasting(since, until), words["categories"], words["purposes"], LAW)
        self.laws.append(Held(basis, ground))

    @precondition(lambda self: any(each.stands(self.now) for each in self.laws))
    @rule(data=st.data(), crash=crashes)
    def end_a_law(self, data: st.DataObject, crash: str) -> None:
        held = data.draw(st.sampled_from([each for each in self.laws if each.stands(self.now)]))
        self.say(consents.EndBasis(citizen=self.citizen, basis=held.id), crash)
        held.end()

    @rule(organisation=st.sampled_from((NGO, "")), category=st.sampled_from(CATEGORIES[:2]), crash=crashes)
    def block_or_lift(self, organisation: str, category: str, crash: str) -> None:
        """What is blocked already is lifted."""
        block = Block(organisation, (category,))
        standing = next((id_ for id_, each in self.blocks.items() if each == block), "")
        if standing:
            self.say(consents.LiftBlock(citizen=self.citizen, block=standing), crash)
            del self.blocks[standing]
        else:
            hiding = consents.SetBlock(citizen=self.citizen, organisation=organisation, categories=[category])
            self.blocks[derived_id(self.say(hiding, crash), "block")] = block

    @rule(organisation=organisations, categories=some, hours=st.integers(1, 3), crash=crashes)
    def break_glass(self, organisation: str, categories: list[str], hours: int, crash: str) -> None:
        command = consents.BreakGlass(
            citizen=self.citizen, purpose="casework", categories=categories, reason="Lifeless", hours=hours
        )
        self.say(command, crash, actor="caseworker", organisation=organisation)
        lasts = Lasting(self.now, self.now + hours * HOUR)
        self.emergencies.append(Emergency("caseworker", organisation, "casework", categories, lasts))

    @rule(begins=beginnings, lasts=lengths, crash=crashes)
    def appoint_or_dismiss(self, begins: int, lasts: int, crash: str) -> None:
        """Whoever represents the citizen already, or will, does so no more."""
        since, until = self.now + begins * HOUR, self.now + (begins + lasts) * HOUR
        if standing := [
            id_ for id_, each in self.representations.items() if each.lasts.until and self.now < each.lasts.until
        ]:
            self.say(consents.EndRepresentation(citizen=self.citizen, representation=standing[0]), crash)
            del self.representations[standing[0]]
            return
        command = consents.AppointRepresentative(
            citizen=self.citizen,
            representative=MOTHER,
            relation="parent",
            period=period(since, until),
            evidence_digest="cd" * 32,
        )
        id_ = derived_id(self.say(command, crash), "representation")
        self.representations[id_] = Representation(MOTHER, Lasting(since, until))

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        self.logs[which].close()
        self.logs[which] = self.log()

    @invariant()
    def each_may_read_what_the_model_says(self) -> None:
        grounds = [each.ground for each in (*self.consents, *self.laws)]
        described = oracle.Citizen(
            self.citizen,
            FAMILY,
            grounds,
            list(self.blocks.values()),
            self.emergencies,
            list(self.representations.values()),
        )
        for log in self.logs:
            state = log.load(CITIZEN, self.citizen).state
            for reader, purpose in (*product(READERS, PURPOSES), (oracle.Reader(MOTHER, "", "citizen"), "own_access")):
                assert self.decided(state, reader, purpose) == [
                    oracle.outcome(described, reader, purpose, oracle.Entry(*of), self.now) for of in CLASSES
                ], (reader, purpose)

    def decided(self, state: Citizen, reader: oracle.Reader, purpose: str) -> list[str]:
        viewer: Context = replace(CONTEXT, actor=reader.person, organisation=reader.organisation, role=reader.role)
        return [each.outcome for each in decide_classes(POLICIES, state, Question(viewer, purpose, self.now), CLASSES)]

    def giving(
        self, grantee: str, categories: list[str], since: datetime, until: datetime, renews: str = ""
    ) -> consents.GiveConsent:
        return consents.GiveConsent(
            citizen=self.citizen,
            kind="gdpr_consent",
            grantee=grantee,
            purposes=PURPOSES,
            categories=categories,
            period=period(since, until),
            given_how="written",
            notice_version="1",
            renews=renews,
        )

    def refused(self, refusal: type[Refusal], command: Any, crash: str) -> None:
        with pytest.raises(refusal):
            self.say(command, crash)

    def teardown(self) -> None:
        for log in getattr(self, "logs", ()):
            log.close()


@pytest.fixture(scope="module")
def dsn(postgres: Postgres) -> Iterator[str]:
    databases = postgres.fresh("consents")
    yield migrated(databases, "consents").dsn
    databases.drop()


def test_who_may_read_is_what_the_model_says(dsn: str) -> None:
    machine = type("ModelOverPostgres", (Model,), {"dsn": dsn})
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=checks)
    )
