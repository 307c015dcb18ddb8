"""A run of control goes on from where it stopped, and says in the end what it examined."""

from datetime import timedelta
from typing import Final

import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.times import period
from libs.spec.scenario import NOW, given
from services.consents.control.events import ControlAdvanced, ControlBegun, ControlCompleted
from services.consents.control.rulebook import RULEBOOK
from services.consents.control.run import CONTROL, SETTLED, START, Place, Stretch
from services.consents.errors import PeriodMalformed
from tests.consents.people import FAMILY

DAY: Final = timedelta(days=1)
BEGUN: Final = ControlBegun(
    controlled=FAMILY, since=NOW - 30 * DAY, until=NOW - SETTLED, rules=tuple(RULEBOOK.rules), rulebook=RULEBOOK.digest
)
RUN: Final = consents.RunControl(organisation=FAMILY, period=period(BEGUN.since, BEGUN.until))
HERE: Final = Place(NOW - DAY, 7)
ADVANCED: Final = ControlAdvanced(time=HERE.time, position=7, examined=3, found={"sample": 1}, raised=1)
FIRST: Final = Stretch(START, HERE, 3, {"sample": 1}, 1, last=False)
LAST: Final = Stretch(HERE, Place(NOW, 9), 2, {"sample": 1, "colleague": 1}, 2, last=True)
COMPLETED: Final = ControlCompleted(examined=5, found={"colleague": 1, "sample": 2}, raised=3)


def test_a_run_is_begun_once() -> None:
    given(CONTROL).when(RUN).then(BEGUN)
    given(CONTROL, BEGUN).when(RUN).then()


def test_a_run_advances_to_its_end() -> None:
    given(CONTROL, BEGUN).when(FIRST).then(ADVANCED)
    done = given(CONTROL, BEGUN, ADVANCED).when(LAST).then(COMPLETED)
    assert done.state.complete


@pytest.mark.parametrize("stretch", [FIRST, Stretch(START, HERE, 9, {}, 0, last=True)])
def test_what_somebody_else_examined_meanwhile_counts_once(stretch: Stretch) -> None:
    given(CONTROL, BEGUN, ADVANCED).when(stretch).then()


def test_a_complete_run_does_not_go_on() -> None:
    given(CONTROL, BEGUN, ADVANCED, COMPLETED).when(LAST).then()


@pytest.mark.parametrize(
    "asked",
    [
        period(None, NOW),
        period(NOW - DAY, None),
        period(NOW - DAY, NOW - SETTLED + timedelta(seconds=1)),
    ],
)
def test_control_looks_back_on_a_period_with_two_ends(asked: common.Period) -> None:
    given(CONTROL).when(consents.RunControl(organisation=FAMILY, period=asked)).refused(PeriodMalformed)
