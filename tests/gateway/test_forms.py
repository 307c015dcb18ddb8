"""Forms: one command each, sent once whatever happens, and nothing that was written is lost."""

import re

from samspor.cases.v1 import cases_pb2

from libs.eventlog import Kind
from libs.host.errors import Refused, Violation
from tests.gateway.conftest import Browser
from tests.gateway.world import CASE, uid

NOTE = f"/cases/{CASE}/notes/new"


def test_a_note_is_one_command_with_what_was_filled_in(coordinator: Browser) -> None:
    answer = coordinator.send(
        NOTE, {"text": "Talt med skolen.\r\nAlt vel.", "category": "education", "sensitivity": "normal"}
    )
    assert answer.status_code == 200
    command = coordinator.services.last(cases_pb2.WriteNote)
    assert command.case == CASE
    assert command.text == "Talt med skolen.\nAlt vel."
    assert command.category == "education"
    assert 'role="status"' in answer.text


def test_a_form_sent_twice_is_the_same_command(coordinator: Browser) -> None:
    page = coordinator.get(NOTE).text
    fields = {"text": "x", "category": "family", "sensitivity": "normal"}
    for _ in range(2):
        coordinator.send(NOTE, fields, page)
    notes = [one for one in coordinator.services.asked if isinstance(one, cases_pb2.WriteNote)]
    assert len(notes) == 2
    assert len({note.command.command_id for note in notes}) == 1


def test_who_will_be_able_to_read_is_shown_before_writing(coordinator: Browser) -> None:
    page = coordinator.get(NOTE).text
    rows = dict(re.findall(r'data-category="(\w+)".*?<td>(.*?)</td>', page, re.DOTALL))
    assert "Unge Mødres Netværk" in rows["housing"]
    assert "Unge Mødres Netværk" not in rows["economy"]
    assert "Jobcentret" in rows["employment"]


def test_what_is_wrong_stands_beside_the_field_and_on_top_and_the_text_is_kept(coordinator: Browser) -> None:
    answer = coordinator.send(f"{NOTE}?lang=en", {"text": "Kept & <safe>", "category": "", "sensitivity": "normal"})
    assert answer.status_code == 422
    assert '<a class="function-link" href="#category">Category: Fill in this field.</a>' in answer.text
    assert 'id="category-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert ">Kept &amp; &lt;safe&gt;</textarea>" in answer.text
    assert not [one for one in coordinator.services.asked if isinstance(one, cases_pb2.WriteNote)]


def test_too_long_a_text_says_how_long_it_may_be(coordinator: Browser) -> None:
    answer = coordinator.send(f"{NOTE}?lang=en", {"text": "x" * 20_001, "category": "family"})
    assert "At most 20000 characters fit." in answer.text


def test_a_refusal_of_the_service_stands_in_the_form(coordinator: Browser) -> None:
    coordinator.services.refuse["WriteNote"] = Refused(Kind.STALE, "VERSION_STALE", "")
    answer = coordinator.send(f"{NOTE}?lang=en", {"text": "Kept", "category": "family"})
    assert answer.status_code == 422
    assert "Somebody else changed this first." in answer.text
    assert ">Kept</textarea>" in answer.text


def test_a_violation_of_the_service_stands_beside_its_field(coordinator: Browser) -> None:
    coordinator.services.refuse["WriteNote"] = Refused(
        Kind.INVALID, "REQUEST_INVALID", "", violations=[Violation("text", "FIELD_TOO_LONG", "")]
    )
    answer = coordinator.send(NOTE, {"text": "x", "category": "family"})
    assert 'id="text-error"' in answer.text


def test_a_service_that_is_away_while_writing_loses_no_text(coordinator: Browser) -> None:
    page = coordinator.get(NOTE).text
    coordinator.services.refuse["WriteNote"] = Refused(Kind.UNAVAILABLE, "SERVICE_UNAVAILABLE", "")
    coordinator.services.away.add("consents")
    answer = coordinator.send(NOTE, {"text": "Kept", "category": "family"}, page)
    assert answer.status_code == 422
    assert ">Kept</textarea>" in answer.text


def test_what_is_due_on_a_day_is_due_until_its_last_minute(coordinator: Browser) -> None:
    fields = {"title": "Ring til skolen", "owner": uid("family"), "due": "2026-12-31", "category": "plan"}
    coordinator.send(f"/cases/{CASE}/actions/new", fields)
    assert coordinator.services.last(cases_pb2.PlanAction).due.ToJsonString() == "2026-12-31T22:59:00Z"


def test_errors_are_listed_in_the_order_of_the_fields(coordinator: Browser) -> None:
    answer = coordinator.send(NOTE, {"text": "", "category": ""})
    assert re.findall(r'class="function-link" href="#(\w+)"', answer.text) == ["text", "category"]
