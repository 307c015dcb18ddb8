"""Every command of cases, consents and referrals once, in an order in which each of them is allowed."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents

from libs.host.times import period, timestamp
from services.consents.exports.formats import written
from tests.consents.exported import sample
from tests.rpc.office import CITIZENS, CPR, FAMILY, MARIA, MENTOR, NGO, SCHOOL, TEACHER, Office
from tests.rpc.planted import look
from tests.rpc.referral_steps import REFERRAL_STEPS, drafting
from tests.rpc.step import Step

NOW: Final = datetime.now(UTC)
DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
LAW: Final = "barnets-lov-stoette"


def opening(known: dict[str, str]) -> cases.OpenCase:
    return cases.OpenCase(citizen=known["citizen"], subject_code="27.24.00", title="Help", legal_basis=LAW)


def importing(known: dict[str, str]) -> consents.ImportConsent:
    """A consent to the NGO that another system recorded."""
    elsewhere = sample(grantee=NGO, sources=(), scope="", since=NOW - DAY, until=NOW + 100 * DAY)
    record = msgspec.structs.replace(elsewhere, citizen=known["citizen"])
    return consents.ImportConsent(citizen=known["citizen"], format="iso-27560", document=written("iso-27560", record))


COLLEAGUE: Final = MARIA._replace(name="colleague")


def look_at_oneself(office: Office, known: dict[str, str]) -> None:
    """Control finds it."""
    look(office.log("consents"), COLLEAGUE, known["citizen"], NOW - 2 * MINUTE)
    office.catch_up()


def find(office: Office, known: dict[str, str]) -> None:
    question = consents.ListFindings(organisation=FAMILY, rule="own_record")
    findings = office.ask(question, consents.FindingList, MARIA).findings
    known["finding"] = next(each.id for each in findings if each.citizen == known["citizen"])


STEPS: Final[dict[str, Step]] = {
    "register": Step(
        MARIA,
        lambda known: consents.RegisterCitizen(
            identifier=consents.Identifier(system=CPR, value=known["number"]), name="Amalie", address="Vej 1", phone="1"
        ),
        "citizen",
    ),
    "open": Step(MARIA, opening, "case"),
    "open another": Step(MARIA, opening, "other"),
    "join": Step(
        MARIA,
        lambda known: cases.JoinCase(
            case=known["case"], organisation=SCHOOL, role="contributor", legal_basis="barnets-lov-133"
        ),
    ),
    "note": Step(TEACHER, lambda known: cases.WriteNote(case=known["case"], category="education", text="Absent")),
    "plan": Step(
        MARIA,
        lambda known: cases.PlanAction(case=known["case"], title="Visit", owner=FAMILY, due=timestamp(NOW + DAY)),
        "action",
        "action",
    ),
    "complete action": Step(MARIA, lambda known: cases.CompleteAction(case=known["case"], action=known["action"])),
    "decide": Step(
        MARIA,
        lambda known: cases.RecordDecision(case=known["case"], category="economy", legal_text="s. 1", plain_text="Yes"),
    ),
    "extend": Step(MARIA, lambda known: cases.ExtendCase(case=known["case"], until=timestamp(NOW + 60 * DAY))),
    "suspend": Step(MARIA, lambda known: cases.SuspendCase(case=known["case"], reason="Away")),
    "resume": Step(MARIA, lambda known: cases.ResumeCase(case=known["case"])),
    "link": Step(MARIA, lambda known: cases.LinkCase(case=known["case"], other=known["other"], relation="parent")),
    "leave": Step(TEACHER, lambda known: cases.LeaveCase(case=known["case"], organisation=SCHOOL)),
    "close": Step(MARIA, lambda known: cases.CloseCase(case=known["case"], result="moved")),
    "reopen": Step(MARIA, lambda known: cases.ReopenCase(case=known["case"], reason="Back")),
    "establish": Step(
        MARIA,
        lambda known: consents.EstablishBasis(citizen=known["citizen"], organisation=FAMILY, law=LAW),
        "basis",
        "basis",
    ),
    "end": Step(MARIA, lambda known: consents.EndBasis(citizen=known["citizen"], basis=known["basis"])),
    "give": Step(
        MARIA,
        lambda known: consents.GiveConsent(
            citizen=known["citizen"],
            kind="gdpr_consent",
            grantee=NGO,
            purposes=["mentoring"],
            categories=["family", "housing", "education"],
            period=period(None, NOW + 365 * DAY),
            given_how="written",
            notice_version="2026-1",
        ),
        "consent",
        "consent",
    ),
    "ask": Step(
        MARIA,
        lambda known: consents.RequestConsent(
            citizen=known["citizen"],
            kind="gdpr_consent",
            grantee=NGO,
            purposes=["mentoring"],
            categories=["health"],
            period=period(None, NOW + 300 * DAY),
            notice_version="2026-1",
        ),
        "asked",
        "request",
    ),
    "say no": Step(MARIA, lambda known: consents.RefuseConsent(citizen=known["citizen"], request=known["asked"])),
    "appoint": Step(
        MARIA,
        lambda known: consents.AppointRepresentative(
            citizen=known["citizen"],
            representative=CITIZENS,
            relation="guardian",
            period=period(None, NOW + 100 * DAY),
            evidence_digest="ab" * 32,
        ),
        "representation",
        "representation",
    ),
    "end representation": Step(
        MARIA,
        lambda known: consents.EndRepresentation(citizen=known["citizen"], representation=known["representation"]),
    ),
    "block": Step(
        MARIA, lambda known: consents.SetBlock(citizen=known["citizen"], categories=["crime"]), "block", "block"
    ),
    "lift block": Step(MARIA, lambda known: consents.LiftBlock(citizen=known["citizen"], block=known["block"])),
    "break glass": Step(
        TEACHER,
        lambda known: consents.BreakGlass(
            citizen=known["citizen"], purpose="casework", categories=["health"], reason="Fell ill", hours=1
        ),
        "emergency",
        "emergency",
    ),
    "review": Step(
        MARIA,
        lambda known: consents.ReviewBreakGlass(
            citizen=known["citizen"], emergency=known["emergency"], finding="justified", note="Yes"
        ),
    ),
    "invoke": Step(
        MARIA,
        lambda known: consents.InvokeRight(citizen=known["citizen"], right="restriction", controllers=[FAMILY]),
        "request",
        "request",
    ),
    "restrict": Step(
        MARIA,
        lambda known: consents.DecideRight(
            citizen=known["citizen"], request=known["request"], controller=FAMILY, outcome="restricted"
        ),
    ),
    "lift": Step(
        MARIA,
        lambda known: consents.LiftRestriction(citizen=known["citizen"], request=known["request"], controller=FAMILY),
    ),
    "draft": Step(MARIA, drafting, "referral"),
    "register a relative": Step(
        MARIA,
        lambda known: consents.RegisterCitizen(
            identifier=consents.Identifier(system="urn:test", value=f"relative of {known['number']}"), name="Bo"
        ),
        "relative",
    ),
    "link household": Step(
        MARIA,
        lambda known: consents.LinkHousehold(citizen=known["citizen"], other=known["relative"], relation="child"),
        "link",
        "link",
    ),
    "unlink household": Step(
        MARIA, lambda known: consents.UnlinkHousehold(citizen=known["citizen"], link=known["link"])
    ),
    "say who staff are": Step(
        MARIA,
        lambda known: consents.RegisterStaffIdentity(
            person=COLLEAGUE.name, identifier=consents.Identifier(system=CPR, value=known["number"]), address="Vej 1"
        ),
    ),
    "run control": Step(
        MARIA,
        lambda _: consents.RunControl(organisation=FAMILY, period=period(NOW - DAY, NOW - MINUTE)),
        "control",
        before=look_at_oneself,
    ),
    "assess finding": Step(
        MARIA,
        lambda known: consents.AssessFinding(finding=known["finding"], assessment="unjustified", note="Curious"),
        before=find,
    ),
    "close finding": Step(MARIA, lambda known: consents.CloseFinding(finding=known["finding"], measure="talked_to")),
    **REFERRAL_STEPS,
    "withdraw": Step(MARIA, lambda known: consents.WithdrawConsent(citizen=known["citizen"], consent=known["consent"])),
    "acknowledge": Step(
        MENTOR,
        lambda known: consents.AcknowledgeWithdrawal(citizen=known["citizen"], consent=known["consent"]),
    ),
    "give another": Step(
        MARIA,
        lambda known: consents.GiveConsent(
            citizen=known["citizen"],
            kind="gdpr_consent",
            grantee=NGO,
            purposes=["mentoring"],
            categories=["economy"],
            period=period(None, NOW + 365 * DAY),
            given_how="written",
            notice_version="2026-1",
        ),
        "mistaken",
        "consent",
    ),
    "invalidate": Step(
        MARIA,
        lambda known: consents.InvalidateConsent(
            citizen=known["citizen"], consent=known["mistaken"], ground="recorded_by_mistake"
        ),
    ),
    "import": Step(MARIA, importing),
}
