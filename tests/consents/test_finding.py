"""A finding is assessed by somebody else than whom it is about, and then closed."""

from typing import Final

import msgspec
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.control.errors import FindingClosedAlready, FindingNotAssessed, FindingOwn, FindingUnknown
from services.consents.control.events import FindingAssessed, FindingClosed, FindingRaised
from services.consents.control.finding import FINDING, finding_id
from tests.consents.people import CITIZEN, FAMILY

ACCESS: Final = "01890a5d-ac96-774b-bcce-b302099ac0f2"
ID: Final = finding_id(ACCESS, "own_record")
RAISED: Final = FindingRaised(
    citizen=CITIZEN,
    controlled=FAMILY,
    rule="own_record",
    access=ACCESS,
    reader="a reader",
    looked=NOW,
    purpose="casework",
    numbers={},
    control="01890a5d-ac96-774b-bcce-b302099ac0f3",
)
ASSESSED: Final = FindingAssessed(citizen=CITIZEN, assessment="unjustified", note="Curious")
CLOSED: Final = FindingClosed(citizen=CITIZEN, measure="talked_to")
ASSESS: Final = consents.AssessFinding(finding=ID, assessment="unjustified", note="Curious")
CLOSE: Final = consents.CloseFinding(finding=ID, measure="talked_to")


def test_a_finding_is_assessed_and_closed() -> None:
    assert given(FINDING, RAISED).when(ASSESS).then(ASSESSED).state.status == "assessed"
    assert given(FINDING, RAISED, ASSESSED).when(CLOSE).then(CLOSED).state.status == "closed"


def test_an_assessment_is_changed_by_another_one() -> None:
    again = consents.AssessFinding(finding=ID, assessment="justified")
    changed = given(FINDING, RAISED, ASSESSED).when(again)
    changed.then(msgspec.structs.replace(ASSESSED, assessment="justified", note=""))
    assert changed.state.assessment == "justified"


@pytest.mark.parametrize("command", [ASSESS, CLOSE])
def test_nobody_judges_what_they_looked_at_themselves(command: object) -> None:
    given(FINDING, RAISED, ASSESSED).when(command, actor="a reader").refused(FindingOwn)
    assert given(FINDING, RAISED, ASSESSED).when(command, actor=CONTEXT.actor).events


def test_what_nobody_assessed_is_not_closed() -> None:
    given(FINDING, RAISED).when(CLOSE).refused(FindingNotAssessed)


@pytest.mark.parametrize("command", [ASSESS, CLOSE])
def test_what_is_closed_stays_closed(command: object) -> None:
    given(FINDING, RAISED, ASSESSED, CLOSED).when(command).refused(FindingClosedAlready)


@pytest.mark.parametrize("command", [ASSESS, CLOSE])
def test_there_must_be_a_finding(command: object) -> None:
    given(FINDING).when(command).refused(FindingUnknown, finding=ID)


def test_a_finding_is_the_rules_and_the_looks() -> None:
    other = "01890a5d-ac96-774b-bcce-b302099ac0f4"
    ids = {finding_id(access, rule) for access in (ACCESS, other) for rule in ("own_record", "sample")}
    assert len(ids) == 4
    assert finding_id(ACCESS, "own_record") == ID
