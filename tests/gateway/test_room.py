"""Room: said in two taps, shown with its freshness, asked for and answered without a name."""

from samspor.partners.v1 import partners_pb2 as partners

from tests.gateway.conftest import Browser
from tests.gateway.rooms_in_memory import QUESTION, SERVICE
from tests.gateway.world import NGO


def test_a_tap_says_one_more_one_fewer_or_full(helper: Browser) -> None:
    for tap, more, available in (("more", 1, None), ("fewer", -1, None), ("full", 0, 0)):
        answer = helper.send("/room", {"change": tap, "service": SERVICE})
        assert answer.url.path == "/room"
        said = helper.services.last(partners.DeclareCapacity)
        assert (said.service, said.organisation, said.more) == (SERVICE, NGO, more)
        assert (said.available if said.HasField("available") else None) == available
        assert said.command.command_id


def test_a_button_that_there_is_not_changes_nothing(helper: Browser) -> None:
    before = len(helper.services.asked)
    assert helper.send("/room", {"change": "x", "service": SERVICE}).status_code == 400
    assert not any(isinstance(one, partners.DeclareCapacity) for one in helper.services.asked[before:])


def test_a_number_is_said_with_how_long_it_holds(helper: Browser) -> None:
    page = helper.get(f"/room/{SERVICE}?lang=en").text
    assert 'value="3"' in page
    answer = helper.send(f"/room/{SERVICE}", {"available": "4", "maximum": "6", "fresh_days": "7"}, page)
    assert answer.url.path == "/room"
    said = helper.services.last(partners.DeclareCapacity)
    assert (said.available, said.maximum, said.fresh_days) == (4, 6, 7)


def test_somebody_asks_and_names_nobody(coordinator: Browser) -> None:
    page = coordinator.get(f"/organisations/{NGO}?lang=en").text
    assert f"/organisations/{NGO}/services/{SERVICE}/room" in page
    assert "3 free" in page
    coordinator.send(f"/organisations/{NGO}/services/{SERVICE}/room", {"need": "family", "age_band": "18-24"})
    asked = coordinator.services.last(partners.AskCapacity)
    assert (asked.service, asked.need, asked.age_band) == (SERVICE, "family", "18-24")
    assert "3 weeks" in coordinator.get("/room?lang=en").text


def test_who_is_asked_answers(helper: Browser) -> None:
    assert f"/room/questions/{QUESTION}" in helper.get("/room").text
    answer = helper.send(f"/room/questions/{QUESTION}", {"answer": "wait", "weeks": "3"})
    assert answer.url.path == "/room"
    said = helper.services.last(partners.AnswerCapacity)
    assert (said.question, said.answer, said.weeks) == (QUESTION, "wait", 3)
