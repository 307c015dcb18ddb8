"""One good question of each kind. Every id in them is somebody's or nobody's, as the test likes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

CLASS: Final = {"category": "family", "sensitivity": "normal"}

QUESTIONS: Final[dict[str, Callable[[Mapping[str, str]], Any]]] = {
    "GetCase": lambda ids: cases.GetCase(case=ids["case"]),
    "ListCases": lambda ids: cases.ListCases(citizen=ids["citizen"]),
    "GetReferral": lambda ids: referrals.GetReferral(referral=ids["referral"]),
    "ListReferrals": lambda ids: referrals.ListReferrals(box="outbox", citizen=ids["citizen"]),
    "FindCitizen": lambda _: consents.FindCitizen(
        identifier=consents.Identifier(system="urn:test", value="nobody's"), purpose="casework"
    ),
    "GetPublicKey": lambda ids: consents.GetPublicKey(citizen=ids["citizen"], organisation=ids["organisation"]),
    "CheckBasis": lambda ids: consents.CheckBasis(
        citizen=ids["citizen"], organisation=ids["organisation"], purpose="mentoring", categories=["family"]
    ),
    "Decide": lambda ids: consents.Decide(
        citizen=ids["citizen"],
        purpose="casework",
        classes=[consents.AccessClass(organisation=ids["organisation"], **CLASS)],
    ),
    "Open": lambda ids: consents.Open(
        citizen=ids["citizen"],
        purpose="casework",
        classes=[consents.AccessClass(organisation=ids["organisation"], **CLASS)],
        texts=[consents.SealedText(stream=ids["case"], version=1, type="cases.CaseOpened.v1")],
    ),
    "Identify": lambda ids: consents.Identify(citizens=[ids["citizen"]], purpose="casework"),
    "ListBases": lambda ids: consents.ListBases(citizen=ids["citizen"]),
    "ListAccess": lambda ids: consents.ListAccess(citizen=ids["citizen"]),
    "ListRights": lambda ids: consents.ListRights(citizen=ids["citizen"]),
    "GetStanding": lambda ids: consents.GetStanding(citizen=ids["citizen"]),
    "ListReviews": lambda _: consents.ListReviews(reviewed=True, page=common.PageRequest(size=10)),
    "GetEmergency": lambda ids: consents.GetEmergency(citizen=ids["citizen"], emergency=ids["emergency"]),
    "ListRepresented": lambda _: consents.ListRepresented(page=common.PageRequest(size=10)),
    "ListRightsToDecide": lambda _: consents.ListRightsToDecide(page=common.PageRequest(size=10)),
    "ListWithdrawals": lambda _: consents.ListWithdrawals(page=common.PageRequest(size=10)),
    "ExplainAccess": lambda ids: consents.ExplainAccess(
        citizen=ids["citizen"],
        viewer=consents.Viewer(person="mentor", organisation=ids["organisation"], role="ngo_worker"),
        purpose="mentoring",
        of=consents.AccessClass(organisation=ids["organisation"], **CLASS),
    ),
    "ExportConsent": lambda ids: consents.ExportConsent(
        citizen=ids["citizen"], consent=ids["consent"], format="fhir-r4"
    ),
    "ExportAccess": lambda ids: consents.ExportAccess(citizen=ids["citizen"]),
    "SeenUnder": lambda ids: consents.SeenUnder(citizen=ids["citizen"], consent=ids["consent"]),
    "ListHousehold": lambda ids: consents.ListHousehold(citizen=ids["citizen"]),
    "GetControl": lambda ids: consents.GetControl(control=ids["control"]),
    "ListControls": lambda ids: consents.ListControls(organisation=ids["organisation"]),
    "ListFindings": lambda ids: consents.ListFindings(
        organisation=ids["organisation"], status="closed", rule="own_record"
    ),
    "ListCandidacies": lambda ids: referrals.ListCandidacies(referral=ids["referral"]),
    "ListCalendars": lambda _: referrals.ListCalendars(),
    "GetFinding": lambda ids: consents.GetFinding(finding=ids["finding"]),
}
ELSEWHERE: Final[dict[str, Callable[[Mapping[str, str]], Any]]] = {
    "GetReplyLink": lambda ids: referrals.GetReplyLink(token=ids["token"]),
    "OpenByLink": lambda ids: referrals.OpenByLink(token=ids["token"], code="mentor 2026"),
    "ReadCalendar": lambda ids: referrals.ReadCalendar(token=ids["token"]),
    "ListWebhooks": lambda _: referrals.ListWebhooks(),
    "ListDeliveries": lambda ids: referrals.ListDeliveries(webhook=ids["webhook"]),
}
"""Asked by others than staff, and tried elsewhere: whoever holds a link, an organisation's administrator."""

ABOUT_SOMETHING: Final = (
    "GetCase",
    "GetReferral",
    "CheckBasis",
    "Decide",
    "Open",
    "ListBases",
    "ListAccess",
    "GetStanding",
    "GetEmergency",
    "ListRights",
    "ExplainAccess",
    "ExportConsent",
    "ExportAccess",
    "SeenUnder",
    "ListHousehold",
    "GetControl",
    "GetFinding",
)
"""Those that are refused where the caller has nothing to do with what they ask about."""
