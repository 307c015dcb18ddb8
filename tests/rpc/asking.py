"""A service of the NGO that citizens can ask for help themselves, and asking it."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.times import period
from tests.rpc.office import NGO, Office, Person

NOW: Final = datetime.now(UTC)
OPERATOR: Final = Person("operator", NGO, "operator")


def open_a_service(office: Office, known: dict[str, str]) -> None:
    if not office.rows("partners", "SELECT 1 FROM organisations WHERE id = %(id)s", {"id": NGO}):
        office.send(partners.RegisterOrganisation(organisation=NGO, kind="ngo", name="Mentors"), OPERATOR)
    known["service"] = str(uuid4())
    publish = partners.PublishService(organisation=NGO, service=known["service"], name="A room", categories=["housing"])
    office.send(publish, OPERATOR)
    office.catch_up()


def asking(known: dict[str, str]) -> referrals.RequestHelp:
    return referrals.RequestHelp(
        citizen=known["citizen"],
        recipient=NGO,
        service=known["service"],
        purpose="housing_support",
        categories=["housing"],
        reason="I need a room",
        period=period(None, NOW + timedelta(days=365)),
        notice_version="2026-1",
    )
