"""Two agreements of the family unit with the NGO: one that waits for its signature, one that is under review."""

from typing import Any, Final

from samspor.partners.v1 import partners_pb2 as partners

from tests.gateway.world import AGREEMENT, FAMILY, NGO, REVIEWED, period, stamp


def terms(**changes: Any) -> partners.AgreementTerms:
    fields: dict[str, Any] = {
        "title": "Mentorer",
        "degree": "partnership",
        "goals": [partners.AgreementGoal(title="Tyve mentorer", indicator="par", target="20")],
        "commitments": [partners.Commitment(organisation=NGO, text="Vi finder <b>mentorer</b>.")],
        "period": period(1, -300),
        "review_dates": [stamp(-20)],
        "contacts": [partners.AgreementContact(organisation=NGO, name="Vagten", phone="+45 00 00 00 09")],
    }
    return partners.AgreementTerms(**fields | changes)


def step(event: str, days: float, organisation: str, **more: Any) -> partners.AgreementStep:
    return partners.AgreementStep(event=event, time=stamp(days), organisation=organisation, **more)


def waiting() -> partners.Agreement:
    history = [
        step("AgreementDrafted", 2, NGO, revision=1, terms=terms()),
        step("AgreementProposed", 1, NGO, name="Karla", revision=1),
    ]
    return partners.Agreement(
        id=AGREEMENT,
        parties=[NGO, FAMILY],
        status="proposed",
        revision=1,
        terms=terms(),
        signed=[NGO],
        history=history,
    )


def under_review() -> partners.Agreement:
    """Its terms were changed in the review, and one goal has been looked at twice."""
    goal = "Tyve mentorer"
    new = terms(title="Mentorer og venner", social_clauses=["Et lokale"])
    found = [
        partners.GoalOutcome(goal=goal, result=result, figure=figure)
        for result, figure in (("not_reached", "4 par"), ("partly_reached", "11 par"))
    ]
    history = [
        step("AgreementDrafted", 90, NGO, revision=1, terms=terms()),
        step("AgreementReviewed", 40, NGO, note="Vi fortsætter", results=found[:1]),
        step("AgreementCommented", 20, FAMILY, note="Ring til <i>os</i>"),
        step("AgreementReviewed", 3, FAMILY, note="Vi fortsætter", results=found[1:]),
        step("AgreementChanged", 1, FAMILY, revision=2, terms=new),
    ]
    return partners.Agreement(
        id=REVIEWED,
        version=9,
        parties=[NGO, FAMILY],
        status="under_review",
        revision=2,
        terms=new,
        agreed_revision=1,
        agreed=terms(),
        reviewed=True,
        history=history,
    )


AGREEMENTS: Final = {AGREEMENT: waiting, REVIEWED: under_review}
