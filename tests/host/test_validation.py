"""What requests are refused for: each field with its path and code, and never with its value."""

from typing import Any

import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from samspor.cases.v1 import cases_pb2
from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2

from libs.host.errors import RequestInvalid
from libs.host.service import vocabularies
from libs.host.validation import REPORTED, Rulebook
from tests.host.conftest import CITIZEN, open_case

RULEBOOK = Rulebook(vocabularies())
COMMAND = open_case().command


def wrong(request: Message) -> dict[str, str]:
    """Field path -> code."""
    try:
        RULEBOOK.check(request)
    except RequestInvalid as refusal:
        return {violation.field: violation.code for violation in refusal.violations}
    return {}


def test_a_good_command_is_accepted() -> None:
    assert wrong(open_case(category="housing", sensitivity="protected")) == {}


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert wrong(cases_pb2.OpenCase(category="houses")) == {
        "command": "FIELD_REQUIRED",
        "citizen": "FIELD_REQUIRED",
        "subject_code": "FIELD_REQUIRED",
        "title": "FIELD_REQUIRED",
        "legal_basis": "FIELD_REQUIRED",
        "category": "WORD_UNKNOWN",
    }


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"title": " \t\n"}, "title", "FIELD_REQUIRED"),
        ({"title": "x" * 201}, "title", "FIELD_TOO_LONG"),
        ({"title": "a\0b"}, "title", "CHARACTER_REFUSED"),
        ({"citizen": "Anna Jensen"}, "citizen", "UUID_MALFORMED"),
        ({"citizen": CITIZEN.upper()}, "citizen", "UUID_MALFORMED"),
        ({"citizen": CITIZEN + "\n"}, "citizen", "UUID_MALFORMED"),
        ({"citizen": f"{{{CITIZEN}}}"}, "citizen", "UUID_MALFORMED"),
        ({"sensitivity": "Normal"}, "sensitivity", "WORD_UNKNOWN"),
        ({"command": common_pb2.Command()}, "command.command_id", "FIELD_REQUIRED"),
        (
            {"command": common_pb2.Command(command_id=CITIZEN, occurred=Timestamp(seconds=253_402_300_800))},
            "command.occurred",
            "TIME_MALFORMED",
        ),
        (
            {"command": common_pb2.Command(command_id=CITIZEN, occurred=Timestamp(nanos=-1))},
            "command.occurred",
            "TIME_MALFORMED",
        ),
    ],
)
def test_one_field_is_wrong(changed: dict[str, Any], field: str, code: str) -> None:
    assert wrong(open_case(**changed)) == {field: code}


@pytest.mark.parametrize("length", [199, 200])
def test_the_longest_text_is_counted_in_characters(length: int) -> None:
    assert wrong(open_case(title="å" * length)) == {}


def join(**period: Timestamp) -> cases_pb2.JoinCase:
    return cases_pb2.JoinCase(
        command=COMMAND,
        case=CITIZEN,
        organisation=CITIZEN,
        role="observer",
        legal_basis="SEL-141",
        period=common_pb2.Period(**period),
    )


def test_a_period_ends_after_it_begins() -> None:
    early, late = Timestamp(seconds=1), Timestamp(seconds=1, nanos=1)
    assert wrong(join(**{"from": early, "until": late})) == {}
    assert wrong(join(until=early)) == {}
    assert wrong(join(**{"from": early, "until": early})) == {"period": "PERIOD_EMPTY"}
    assert wrong(join(**{"from": Timestamp(nanos=-1), "until": early})) == {"period.from": "TIME_MALFORMED"}


def test_each_item_of_a_list_is_looked_at() -> None:
    consent = consents_pb2.CheckBasis(
        citizen=CITIZEN, organisation=CITIZEN, purpose="audit", categories=["housing", "", "houses"]
    )
    assert wrong(consent) == {"categories[1]": "FIELD_REQUIRED", "categories[2]": "WORD_UNKNOWN"}
    del consent.categories[:]
    assert wrong(consent) == {"categories": "FIELD_REQUIRED"}


def test_a_list_has_an_end() -> None:
    asked = consents_pb2.Identify(citizens=[CITIZEN] * 200, purpose="audit")
    assert wrong(asked) == {}
    asked.citizens.append(CITIZEN)
    assert wrong(asked) == {"citizens": "FIELD_TOO_MANY"}


def test_messages_within_lists_are_looked_at() -> None:
    good = consents_pb2.AccessClass(organisation=CITIZEN, category="housing", sensitivity="normal")
    asked = consents_pb2.Decide(citizen=CITIZEN, purpose="audit", classes=[good, consents_pb2.AccessClass()])
    assert wrong(asked) == {
        "classes[1].organisation": "FIELD_REQUIRED",
        "classes[1].category": "FIELD_REQUIRED",
        "classes[1].sensitivity": "FIELD_REQUIRED",
    }


def test_an_answer_has_an_end() -> None:
    empty = [consents_pb2.AccessClass()] * 2000
    assert len(wrong(consents_pb2.Decide(citizen=CITIZEN, purpose="audit", classes=empty))) == REPORTED


def test_no_value_is_repeated() -> None:
    canary = "Anna Jensen 0101"
    everywhere = cases_pb2.OpenCase(
        command=common_pb2.Command(command_id=canary),
        citizen=canary,
        subject_code=canary * 3,
        title=canary * 40,
        legal_basis=canary * 9,
        category=canary,
        sensitivity=canary,
    )
    with pytest.raises(RequestInvalid) as refused:
        RULEBOOK.check(everywhere)
    assert len(refused.value.violations) == 7
    assert "Anna" not in str(refused.value) + str(refused.value.violations) + str(refused.value.details)


def test_every_request_of_every_service_compiles() -> None:
    from samspor.partners.v1 import partners_pb2
    from samspor.referrals.v1 import referrals_pb2
    from samspor.timeline.v1 import timeline_pb2

    for module in (cases_pb2, consents_pb2, partners_pb2, referrals_pb2, timeline_pb2):
        for service in module.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                RULEBOOK.compile(method.input_type)


def test_a_rule_that_names_no_vocabulary_is_found_at_start() -> None:
    with pytest.raises(KeyError):
        Rulebook({}).compile(cases_pb2.OpenCase.DESCRIPTOR)
