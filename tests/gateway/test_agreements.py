"""The pages of an agreement: its terms are written, changed and compared, and its goals are looked at again."""

from typing import Any

import pytest
from samspor.partners.v1 import partners_pb2

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.world import FAMILY, HOUSING, NGO, REVIEWED, uid

NEW = f"/agreements/new?partner={NGO}"
PATH = f"/agreements/{REVIEWED}"
TERMS: dict[str, Any] = {
    "terms.title": "Mentorer",
    "terms.degree": "partnership",
    "terms.period.from": "2027-01-01",
    "terms.period.until": "2027-12-31",
    "terms.goals.0.title": "Tyve par",
    "terms.goals.3.title": "Flere venner",
    "terms.goals.3.target": "10",
    "terms.social_clauses.1": "Et lokale",
    "terms.review_dates.2": "2027-06-01",
}
"""With rows left blank between them."""


def named(page: str, text: str) -> str:
    """Name of the first field of the section under this heading."""
    after = page.split(text, 1)[1]
    return after.split('name="', 1)[1].split(".organisation", 1)[0]


def test_an_agreement_is_drafted_with_all_its_terms(coordinator: Browser) -> None:
    page = coordinator.get(NEW).text
    commitment = named(page, "Det gør Unge Mødres Netværk")
    contact = named(page, "Sådan fanges Børne- og familieafdelingen")
    rows = {f"{commitment}.text": "Finder par", f"{contact}.name": "Vagten", f"{contact}.phone": "00"}
    answer = coordinator.send(NEW, TERMS | rows)
    assert answer.url.path == f"/agreements/{uid('DraftAgreement')}"
    command = coordinator.services.last(partners_pb2.DraftAgreement)
    terms = command.terms
    assert command.partner == NGO
    assert [(one.title, one.target) for one in terms.goals] == [("Tyve par", ""), ("Flere venner", "10")]
    assert [(one.organisation, one.text) for one in terms.commitments] == [(NGO, "Finder par")]
    assert [(one.organisation, one.name, one.phone) for one in terms.contacts] == [(FAMILY, "Vagten", "00")]
    assert list(terms.social_clauses) == ["Et lokale"]
    assert [one.ToJsonString() for one in terms.review_dates] == ["2027-05-31T22:00:00Z"]
    assert terms.period.until.ToJsonString() == "2027-12-31T23:00:00Z", "the last day is in the period, local time"


def test_what_is_wrong_is_said_beside_its_row_and_nothing_written_is_lost(coordinator: Browser) -> None:
    wrong = TERMS | {"terms.goals.0.title": "", "terms.goals.0.target": "tyve", "terms.review_dates.2": "snart"}
    answer = coordinator.send(NEW, wrong)
    assert answer.status_code == 422
    assert 'href="#terms-goals-0-title"' in answer.text
    assert 'href="#terms-review_dates-0"' in answer.text
    for text in ("tyve", "Flere venner", "Et lokale", "snart"):
        assert text in answer.text
    assert not any(isinstance(one, partners_pb2.DraftAgreement) for one in coordinator.services.asked)


def test_an_empty_draft_is_told_what_is_missing(coordinator: Browser) -> None:
    answer = coordinator.send(f"{NEW}&lang=en", {})
    assert answer.status_code == 422
    assert 'href="#terms-period-from"' in answer.text


def test_nobody_else_is_committed(coordinator: Browser) -> None:
    page = coordinator.get(NEW).text
    row = named(page, "Det gør Unge Mødres Netværk")
    answer = coordinator.send(NEW, TERMS | {f"{row}.text": "Betaler", f"{row}.organisation": HOUSING})
    assert answer.status_code == 422


def test_the_partner_is_chosen_first_and_is_another(coordinator: Browser) -> None:
    page = coordinator.get("/agreements/new").text
    assert f'value="{NGO}"' in page
    assert f'value="{FAMILY}"' not in page
    assert 'name="partner"' in coordinator.get(f"/agreements/new?partner={FAMILY}").text


def test_the_editor_has_the_terms_as_they_are_and_changes_what_was_read(coordinator: Browser) -> None:
    page = coordinator.get(f"{PATH}/change").text
    for text in (
        "Mentorer og venner",
        "Tyve mentorer",
        "Vi finder &lt;b&gt;mentorer&lt;/b&gt;.",
        "Vagten",
        "Et lokale",
    ):
        assert text in page
    coordinator.send(f"{PATH}/change", TERMS, page)
    command = coordinator.services.last(partners_pb2.ChangeAgreement)
    assert (command.agreement, command.command.expected_version) == (REVIEWED, 9)
    assert command.terms.title == "Mentorer"


def test_two_versions_are_compared_field_by_field(coordinator: Browser) -> None:
    page = coordinator.get(f"{PATH}/compare?lang=en").text
    assert "<del>Mentorer</del>" in page
    assert "<ins>Mentorer og venner</ins>" in page
    assert "<ins>Et lokale</ins>" in page
    assert "Vi finder" not in page, "what is the same is no difference"
    assert "The two versions say the same." in coordinator.get(f"{PATH}/compare?from=2&to=2").text
    assert coordinator.get(f"{PATH}/compare?from=7").status_code == 404


def test_a_review_has_a_result_for_each_goal(coordinator: Browser) -> None:
    path = f"{PATH}/review"
    assert coordinator.send(path, {"agreed": "Vi fortsætter"}).status_code == 422, "a goal without a result"
    fields = {"agreed": "Videre", "results.0.result": "partly_reached", "results.0.figure": "14 par"}
    coordinator.send(path, fields)
    command = coordinator.services.last(partners_pb2.RecordReview)
    (result,) = command.results
    assert (result.goal, result.result, result.figure) == (0, "partly_reached", "14 par")


def test_the_results_of_a_goal_stand_in_order_of_time(coordinator: Browser) -> None:
    page = coordinator.get(f"{PATH}?lang=en").text
    assert page.index("4 par") < page.index("11 par")
    assert page.count("11 par") == 1


def test_a_comment_is_said_and_read(coordinator: Browser) -> None:
    coordinator.send(f"{PATH}/comment", {"note": "Vi mangler et lokale"})
    assert coordinator.services.last(partners_pb2.CommentAgreement).note == "Vi mangler et lokale"
    assert "Ring til &lt;i&gt;os&lt;/i&gt;" in coordinator.get(PATH).text


@pytest.mark.parametrize("reason", ["VERSION_STALE", "AGREEMENT_NOT_IN_STATUS"])
def test_a_change_that_comes_too_late_keeps_what_was_written(coordinator: Browser, reason: str) -> None:
    details = {"actual": "10", "expected": "9", "status": "proposed", "command": "ChangeAgreement", "needed": "draft"}
    coordinator.services.refuse["ChangeAgreement"] = Refused(Kind.CONFLICT, reason, "", details)
    answer = coordinator.send(f"{PATH}/change", TERMS | {"terms.title": "Skrevet længe"})
    assert answer.status_code == 422
    assert "Skrevet længe" in answer.text
