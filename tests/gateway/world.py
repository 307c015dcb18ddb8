"""What is true in the tests' little world: one citizen, four organisations, and what happened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from google.protobuf.timestamp_pb2 import Timestamp
from samspor.common.v1 import common_pb2 as common
from samspor.timeline.v1 import timeline_pb2 as timeline


def uid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


CITIZEN: Final = uid("citizen")
CASE: Final = uid("case")
ACTION: Final = uid("action")
REFERRAL: Final = uid("referral")
CANDIDACY: Final = uid("candidacy")
CONSENT, WITHDRAWN, REQUEST = (uid(name) for name in ("consent", "withdrawn consent", "request"))
BLOCK, REPRESENTATION, EMERGENCY = (uid(name) for name in ("block", "representation", "emergency"))
ERASURE, RESTRICTION = uid("erasure"), uid("restriction")
FINDING, CONTROL, LINK = uid("finding"), uid("control"), uid("household link")
AGREEMENT, REVIEWED = uid("agreement"), uid("reviewed agreement")
RELATIVE, OTHER = uid("relative"), uid("other citizen")
FAMILY, JOBS, NGO, HOUSING, SCHOOL = (uid(name) for name in ("family", "jobs", "ngo", "housing", "school"))
NAME: Final = "Sofie Prøvesen"
ORGANISATIONS: Final = {
    FAMILY: ("Børne- og familieafdelingen", "municipal_department"),
    JOBS: ("Jobcentret", "municipal_department"),
    NGO: ("Unge Mødres Netværk", "ngo"),
    HOUSING: ("Boligforeningen Ørnegården", "housing_association"),
    SCHOOL: ("Nordre Skole", "education"),
}
MEMBERS: Final = (
    (FAMILY, "p-family", "Mette Familie", "coordinator"),
    (NGO, "p-ngo", "Nadia Netværk", "ngo_worker"),
    (NGO, "p-keeper", "Karla Netværk", "partner_administrator"),
    (FAMILY, "p-audit", "Rie Revisor", "auditor"),
    (SCHOOL, "p-school", "Søren Skole", "caseworker"),
    (FAMILY, CITIZEN, "Sofie (borger)", "citizen"),
    (FAMILY, RELATIVE, "Hanne (borger)", "citizen"),
    (FAMILY, OTHER, "Olga (borger)", "citizen"),
)
NOW: Final = datetime.now(UTC)


def stamp(days: float) -> Timestamp:
    """A time some days ago (in so many days, where negative)."""
    made = Timestamp()
    made.FromDatetime(NOW - timedelta(days=days))
    return made


def period(begins: float, ends: float | None) -> common.Period:
    """From so many days ago until so many days ago."""
    made = common.Period(until=None if ends is None else stamp(ends))
    getattr(made, "from").CopyFrom(stamp(begins))
    return made


def entry(kind: str, days: float, organisation: str, category: str, **more: Any) -> timeline.Entry:
    data, late = more.pop("data", {}), more.pop("late", 0)
    return timeline.Entry(
        **{
            "id": uid(f"{kind}{days}"),
            "outcome": "full",
            "reason": "OWN_RECORD",
            "source": kind.split(".", maxsplit=1)[0],
            "type": f"{kind}.v1",
            "stream": REFERRAL if kind.startswith("referrals") else CASE,
            "time": stamp(days),
            "recordedtime": stamp(days - late),
            "organisation": organisation,
            "category": category,
            "sensitivity": "normal",
            "data": json.dumps(data),
            **more,
        }
    )


def entries() -> list[timeline.Entry]:
    """What the family unit sees."""
    law = {"reason": "BASIS_STATUTORY", "law": "barnets-lov-stoette"}
    note = "Samtale i hjemmet. Vi talte om <b>lejligheden</b> & skolen."
    return [
        entry("cases.NoteWritten", 0.1, FAMILY, "family", actor="p-family", personal={"text": note}),
        entry("cases.NoteWritten", 6, HOUSING, "economy", personal={"text": "Restance på husleje."}, **law),
        entry("cases.NoteWritten", 9, HOUSING, "housing", personal={"text": "Tilsyn med lejligheden."}, late=4, **law),
        entry("referrals.ContactReported", 12, NGO, "contact", personal={"text": "Gåtur."}, **law),
        entry("referrals.ReferralAccepted", 20, NGO, "referral", **law),
        entry("referrals.ReferralRequested", 22, FAMILY, "referral", data={"recipient": NGO}),
        entry(
            "consents.ConsentGiven",
            24,
            FAMILY,
            "administrative",
            data={"grantee": NGO, "categories": ["family", "housing", "education"], "purposes": ["mentoring"]},
        ),
        entry(
            "cases.ParticipantJoined", 140, FAMILY, "administrative", data={"participant": JOBS, "role": "caseworker"}
        ),
        entry("consents.BasisEstablished", 140.1, FAMILY, "administrative", data={"law": "serviceloven-141"}),
        entry("consents.KeyCreated", 140.2, FAMILY, "administrative"),
        entry(
            "cases.CaseOpened",
            141,
            FAMILY,
            "administrative",
            personal={"title": "Støtte"},
            data={"subject_code": "27.24.00"},
        ),
    ]


def as_the_ngo_sees(found: list[timeline.Entry]) -> list[timeline.Entry]:
    """Stubs for what the NGO has no consent to."""
    return [
        timeline.Entry(
            outcome="stub",
            reason="CONSENT_MISSING",
            time=one.time,
            organisation=one.organisation,
            category=one.category,
        )
        if one.category == "economy"
        else one
        for one in found
    ]
