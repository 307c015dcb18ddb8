"""Commands in any order, by hand, by link, by alarm and by partners' answer, with processes dying: a referral is what a
simple model says, in every process, and nothing is done twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
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
from samspor.referrals.v1 import referrals_pb2 as referrals

from deploy.local.postgres import Postgres
from libs.eventlog import Context, Log, Refusal, derived_id, new_id
from libs.spec.scenario import CONTEXT, NOW
from services.referrals.errors import LinkOver, NotUnderWay, NotWaiting, StepNotAllowed, WaitsAlready
from services.referrals.events import EVENTS, ReferralEscalated, ReferralReminded
from services.referrals.link import ByLink, SendLink
from services.referrals.link import status as status_of
from services.referrals.place import Accept, Placed
from services.referrals.referral import REFERRAL, Alarmed, Based, Draft, Hold
from services.referrals.transitions import TRANSITIONS
from tests.eventlog.conftest import migrated
from tests.eventlog.notebook import Backwards
from tests.referrals.picture import AWAITED, ENDED, TABLE, Picture
from tests.referrals.test_referral import CITIZEN, RECIPIENT, STEPS

ALARMS: Final = ("acknowledge.soon", "acknowledge.late", "answer.due", "answer.late")

SHORTEST: Final = 6
"""Commands to a referral before one may end it."""

crashes = st.sampled_from(("", "decided", "recorded"))
truths = st.booleans()


class Model(RuleBasedStateMachine):
    """Two processes over one database. One that dies has decided and not recorded, or recorded and not answered: the
    command is then sent to the other under its id."""

    dsn: str

    @initialize()
    def begin(self) -> None:
        self.logs = [self.log(), self.log()]
        self.draft("")

    def log(self) -> Log:
        return Log("referrals", self.dsn, EVENTS, sealer=Backwards())

    def draft(self, crash: str) -> None:
        self.one = Picture(new_id())
        self.said: list[tuple[Any, Context, Any]] = []
        request = referrals.DraftReferral(
            citizen=CITIZEN, recipient=RECIPIENT, purpose="mentoring", categories=["family"], reason="A mentor"
        )
        self.say(Draft(self.one.id, request), crash)
        self.step("requested", crash)

    def say(self, command: Any, crash: str, command_id: str = "") -> None:
        """Raises a Refusal."""
        context = replace(CONTEXT, command_id=command_id or str(uuid4()), now=NOW, occurred=NOW)
        first, second = self.logs
        self.logs.reverse()
        before = second.load(REFERRAL, self.one.id).version
        if crash == "decided":
            REFERRAL.decide(first.load(REFERRAL, self.one.id).state, command, context)
        result = second.execute(REFERRAL, self.one.id, command, context)
        if crash == "recorded":
            assert first.execute(REFERRAL, self.one.id, command, context) == result
        if result.version > before:
            self.said.append((command, context, result))

    def refused(self, refusal: type[Refusal], command: Any, crash: str) -> None:
        with pytest.raises(refusal):
            self.say(command, crash)

    @rule(to=st.sampled_from([to for to in STEPS if to not in ("accepted", *ENDED)]), crash=crashes)
    def step(self, to: str, crash: str) -> None:
        command = self.about(STEPS[to][0])
        if self.one.may(to):
            self.say(command, crash)
            self.one.become(to)
        else:
            self.refused(StepNotAllowed, command, crash)

    @precondition(lambda self: self.may_end())
    @rule(to=st.sampled_from(ENDED), crash=crashes)
    def end(self, to: str, crash: str) -> None:
        self.step(to, crash)

    def may_end(self) -> bool:
        """Not before something happened to it: most ways through the rules would end at once."""
        return len(self.said) > SHORTEST or not self.one.may("entered-in-error")

    @rule(counted=truths, crash=crashes)
    def accept(self, counted: bool, crash: str) -> None:
        command = Accept(referrals.AcceptReferral(referral=self.one.id), counted)
        if self.one.may("accepted"):
            self.say(command, crash)
            self.one.accept(counted)
        else:
            self.refused(StepNotAllowed, command, crash)

    @rule(room=truths, crash=crashes)
    def partners_answers(self, room: bool, crash: str) -> None:
        """Also when nobody asked, or the referral ended meanwhile: then nothing comes of it."""
        self.say(Placed(room), crash)
        if self.one.place == "asked":
            if room:
                self.one.become("accepted")
            self.one.place = "held" if room else "no_room"

    @rule(crash=crashes)
    def wait_list(self, crash: str) -> None:
        command = referrals.WaitListReferral(referral=self.one.id)
        if self.one.status not in AWAITED:
            self.refused(StepNotAllowed, command, crash)
        elif self.one.status == "received" and self.one.business:
            self.refused(WaitsAlready, command, crash)
        else:
            self.say(command, crash)
            self.one.become("received", "waitlisted")

    @rule(crash=crashes)
    def offer(self, crash: str) -> None:
        command = referrals.OfferPlace(referral=self.one.id)
        if self.one.business == "waitlisted":
            self.say(command, crash)
            self.one.business = "offered"
        else:
            self.refused(NotWaiting, command, crash)

    @rule(crash=crashes)
    def report(self, crash: str) -> None:
        command = referrals.ReportContact(referral=self.one.id, category="family", text="We met")
        if self.one.status in ("accepted", "ready", "in-progress"):
            self.say(command, crash)
            self.one.contacts += 1
        else:
            self.refused(NotUnderWay, command, crash)

    @precondition(lambda self: self.may_end() or self.one.status not in AWAITED)
    @rule(crash=crashes)
    def consent_is_withdrawn(self, crash: str) -> None:
        self.say(Hold("b1"), crash)
        if self.one.status in AWAITED:
            self.one.become("cancelled")
        elif self.one.may("on-hold"):
            self.one.become("on-hold")

    @rule(kind=st.sampled_from(ALARMS), crash=crashes)
    def alarm(self, kind: str, crash: str) -> None:
        """Its command has one id for ever: raised once, and only while the step is awaited."""
        self.say(Alarmed(kind), crash, derived_id(self.one.id, kind))
        awaited = AWAITED[:1] if kind.startswith("acknowledge") else AWAITED
        if self.one.status in awaited and kind not in self.one.raised:
            self.one.raised.append(kind)

    @rule(crash=crashes)
    def send_link(self, crash: str) -> None:
        link = new_id()
        command = SendLink(link, "answer", "ab" * 32, NOW + timedelta(days=1))
        if self.one.status in AWAITED:
            self.say(command, crash)
            self.one.links[link] = False
        else:
            self.refused(LinkOver, command, crash)

    @precondition(lambda self: self.one.links and self.may_end())
    @rule(data=st.data(), yes=truths, counted=truths, crash=crashes)
    def answer_by_link(self, data: st.DataObject, yes: bool, counted: bool, crash: str) -> None:
        link = data.draw(st.sampled_from(sorted(self.one.links)))
        step: Any = referrals.AcceptReferral() if yes else referrals.RejectReferral(reason="no_capacity")
        step.referral = self.one.id
        command = ByLink(link, step, code=False, counted=counted)
        if not self.one.is_open(link):
            self.refused(LinkOver, command, crash)
            return
        self.say(command, crash)
        self.one.used.add(link)
        if yes:
            self.one.accept(counted)
        else:
            self.one.become("rejected")

    @rule(crash=crashes)
    def revoke_links(self, crash: str) -> None:
        self.say(referrals.RevokeReplyLinks(referral=self.one.id), crash)
        self.one.links = dict.fromkeys(self.one.links, True)

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Whatever was said before and was carried out, said again: the first answer, and nothing else."""
        command, context, result = data.draw(st.sampled_from(self.said))
        assert self.logs[0].execute(REFERRAL, self.one.id, command, context) == result

    @precondition(lambda self: self.one.status in ENDED)
    @rule(crash=crashes)
    def draft_another(self, crash: str) -> None:
        self.draft(crash)

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        self.logs[which].close()
        self.logs[which] = self.log()

    @invariant()
    def each_process_sees_what_the_model_says(self) -> None:
        for log in self.logs:
            state = log.load(REFERRAL, self.one.id).state
            assert (state.status, state.business_status, state.place, state.contacts) == (
                self.one.status,
                self.one.business,
                self.one.place,
                self.one.contacts,
            )
            assert {link.id: status_of(state, link, NOW) == "open" for link in state.links} == {
                link: self.one.is_open(link) for link in self.one.links
            }

    @invariant()
    def each_alarm_was_raised_once(self) -> None:
        events = [record.event for record in self.logs[0].history(self.one.id)]
        alarms = [event.alarm for event in events if isinstance(event, ReferralReminded | ReferralEscalated)]
        assert alarms == self.one.raised

    def about(self, command: Any) -> Any:
        """A command of STEPS, to this referral."""
        based = isinstance(command, Based)
        given: Any = command.request if based else command
        request = type(given)()
        request.CopyFrom(given)
        request.referral = self.one.id
        return Based(request, command.bases) if based else request

    def teardown(self) -> None:
        for log in getattr(self, "logs", ()):
            log.close()


def test_the_table_of_the_model_is_the_table_of_the_machine() -> None:
    """Written down twice, so that a change of either is seen."""
    told = {status: set(after.split()) | {"entered-in-error"} for status, after in TABLE.items()}
    assert told | {"": {"draft"}, "entered-in-error": set()} == {key: set(after) for key, after in TRANSITIONS.items()}


@pytest.fixture(scope="module")
def dsn(postgres: Postgres) -> Iterator[str]:
    databases = postgres.fresh("referrals")
    yield migrated(databases, "referrals").dsn
    databases.drop()


def test_a_referral_is_what_the_model_says(dsn: str) -> None:
    machine = type("ModelOverPostgres", (Model,), {"dsn": dsn})
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=checks)
    )
