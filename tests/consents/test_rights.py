"""Asking for erasure and restriction, and what controllers answer."""

from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import derived_id
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.errors import (
    CitizenUnknown,
    ControllerMissing,
    GroundMissing,
    GroundUnknown,
    NotRestricted,
    OutcomeUnfit,
    RightAlreadyDecided,
    RightUnknown,
)
from services.consents.grounds import GROUNDS
from services.consents.rights import Invocation, Ruling, status_of
from services.consents.rights_events import RestrictionLifted, RightDecided, RightInvoked
from services.consents.state import Part
from tests.consents.people import CITIZEN, CLINIC, DAY, ESTABLISHED, FAMILY, NGO, REGISTERED, STRANGERS

REQUEST: Final = derived_id(CONTEXT.command_id, "request")
KEY: Final = "01890a5d-ac96-774b-bcce-b302099ac0aa"
SHELTERED: Final = msgspec.structs.replace(ESTABLISHED, basis=KEY, holder=CLINIC, sensitivity="protected")


def invocation(*controllers: str, right: str = "erasure") -> Invocation:
    return Invocation(consents.InvokeRight(citizen=CITIZEN, right=right), controllers)


def asked(controller: str = FAMILY, right: Any = "erasure", sensitivity: str = "confidential") -> RightInvoked:
    return RightInvoked(
        citizen=CITIZEN, sensitivity=sensitivity, request=REQUEST, right=right, controller=controller, invoked=NOW
    )


def ruling(outcome: str, controller: str = FAMILY, ground: str = "", keys: tuple[str, ...] = ()) -> Ruling:
    request = consents.DecideRight(
        citizen=CITIZEN, request=REQUEST, controller=controller, outcome=outcome, ground=ground
    )
    return Ruling(request, keys)


def answer(outcome: Any, controller: str = FAMILY, right: Any = "erasure", **more: Any) -> RightDecided:
    fields: dict[str, Any] = {"sensitivity": "confidential", "decided": NOW} | more
    return RightDecided(citizen=CITIZEN, request=REQUEST, right=right, controller=controller, outcome=outcome, **fields)


def lifting(controller: str = FAMILY) -> consents.LiftRestriction:
    return consents.LiftRestriction(citizen=CITIZEN, request=REQUEST, controller=controller)


def test_each_controller_is_asked_for_itself() -> None:
    given(DECIDER, REGISTERED).when(invocation(FAMILY, NGO)).then(asked(FAMILY), asked(NGO))


def test_who_helps_in_a_protected_case_is_not_told_to_others() -> None:
    facts = given(DECIDER, REGISTERED, SHELTERED)
    facts.when(invocation(CLINIC)).then(asked(CLINIC, sensitivity="protected"))
    granted = facts.when(invocation(CLINIC)).state.rights[0]
    assert granted.part(CLINIC)
    given(DECIDER, REGISTERED, SHELTERED, asked(CLINIC)).when(ruling("granted", CLINIC)).then(
        answer("granted", CLINIC, sensitivity="protected")
    )


def test_nobody_to_ask() -> None:
    given(DECIDER, REGISTERED).when(invocation()).refused(ControllerMissing, citizen=CITIZEN)
    given(DECIDER).when(invocation(FAMILY)).refused(CitizenUnknown)


@pytest.mark.parametrize(
    ("right", "outcome"),
    [("erasure", each) for each in ("granted", "restricted", "legal_hold")] + [("restriction", "restricted")],
)
def test_an_answer(right: str, outcome: str) -> None:
    keys = (KEY,) if outcome == "granted" else ()
    given(DECIDER, REGISTERED, asked(right=right)).when(ruling(outcome, keys=keys)).then(
        answer(outcome, right=right, keys=keys)
    )


@pytest.mark.parametrize("outcome", ["granted", "legal_hold"])
def test_a_restriction_is_not_answered_like_an_erasure(outcome: str) -> None:
    given(DECIDER, REGISTERED, asked(right="restriction")).when(ruling(outcome)).refused(
        OutcomeUnfit, right="restriction", outcome=outcome, possible="restricted, refused"
    )


def test_a_refusal_names_a_ground_that_there_is() -> None:
    facts = given(DECIDER, REGISTERED, asked())
    facts.when(ruling("refused")).refused(GroundMissing)
    facts.when(ruling("refused", ground="x")).refused(GroundUnknown, ground="x")
    facts.when(ruling("refused", ground="conditions-not-met")).refused(GroundUnknown, right="erasure")
    facts.when(ruling("refused", ground="legal-obligation")).then(answer("refused", ground="legal-obligation"))
    assert (GROUNDS["legal-obligation"].article, GROUNDS["legal-claims"].article) == ("17(3)(b)", "17(3)(e)")
    assert all(set(ground.title) == {"da", "sv", "en"} for ground in GROUNDS.values())


@pytest.mark.parametrize("final", ["granted", "refused", "restricted"])
def test_only_a_legal_hold_is_decided_again(final: str) -> None:
    given(DECIDER, REGISTERED, asked(), answer(final)).when(ruling("granted")).refused(
        RightAlreadyDecided, request=REQUEST, outcome=final
    )
    given(DECIDER, REGISTERED, asked(), answer("legal_hold")).when(ruling("granted")).then(answer("granted"))


def test_who_was_not_asked_has_nothing_to_decide() -> None:
    facts = given(DECIDER, REGISTERED, asked())
    facts.when(ruling("granted", STRANGERS)).refused(RightUnknown, controller=STRANGERS)
    facts.when(lifting(STRANGERS)).refused(RightUnknown)
    given(DECIDER, REGISTERED).when(ruling("granted")).refused(RightUnknown, request=REQUEST)


def test_a_restriction_holds_until_it_is_lifted() -> None:
    facts = given(DECIDER, REGISTERED, asked(), asked(NGO), answer("restricted"))
    assert (facts.state.restricts(FAMILY), facts.state.restricts(NGO)) == (True, False)
    lifted = RestrictionLifted(
        citizen=CITIZEN, sensitivity="confidential", request=REQUEST, controller=FAMILY, lifted=NOW + DAY
    )
    after = facts.when(lifting(), now=NOW + DAY).then(lifted)
    assert not after.state.restricts(FAMILY)
    given(DECIDER, REGISTERED, asked(), answer("restricted"), lifted).when(lifting()).refused(NotRestricted)
    given(DECIDER, REGISTERED, asked(), answer("granted")).when(lifting()).refused(NotRestricted)


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([None, None], "requested"),
        ([None, "refused"], "requested"),
        ([None, "granted"], "partly_granted"),
        (["granted", "granted"], "granted"),
        (["granted", "refused"], "partly_granted"),
        (["refused", "refused"], "refused"),
        (["refused", "restricted"], "restricted"),
        (["legal_hold", "restricted"], "legal_hold"),
        (["lifted", "refused"], "refused"),
        (["lifted", "lifted"], "lifted"),
    ],
)
def test_what_all_answers_amount_to(outcomes: list[Any], status: str) -> None:
    parts = [
        Part(
            controller=str(number),
            outcome="restricted" if each == "lifted" else each,
            lifted=NOW + timedelta(1) if each == "lifted" else None,
        )
        for number, each in enumerate(outcomes)
    ]
    assert status_of(parts) == status
