"""A service that counts its places, and referrals to it."""

from typing import Final, NamedTuple
from uuid import uuid4

from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from tests.rpc.office import MARIA, MENTOR, NGO, Office, Person
from tests.rpc.script import Script

OPERATOR: Final = Person("operator", NGO, "operator")


class Scene(NamedTuple):
    office: Office
    known: dict[str, str]
    service: str

    def declare(self, available: int) -> None:
        self.office.send(partners.DeclareCapacity(organisation=NGO, service=self.service, available=available), MENTOR)
        self.office.catch_up()

    def room(self) -> int:
        return self.office.ask(partners.GetCapacity(service=self.service), partners.Capacity, MARIA).available

    def referral(self, priority: str = "routine") -> str:
        draft = referrals.DraftReferral(
            citizen=self.known["citizen"],
            recipient=NGO,
            service=self.service,
            purpose="mentoring",
            categories=["family"],
            reason="A mentor",
            priority=priority,
        )
        referral = self.office.send(draft, MARIA).id
        self.office.send(referrals.RequestReferral(referral=referral), MARIA)
        return referral

    def accept(self, referral: str, command_id: str = "") -> list[str]:
        """Warnings."""
        return list(self.office.send(referrals.AcceptReferral(referral=referral), MENTOR, command_id).warnings)

    def of(self, referral: str) -> referrals.Referral:
        return self.office.ask(referrals.GetReferral(referral=referral), referrals.Referral, MARIA)


def set_scene(office: Office) -> Scene:
    """A new service of the NGO, which counts nothing yet, and a citizen who may be referred to it."""
    script = Script(office)
    script.until("draft")
    if not office.rows("partners", "SELECT 1 FROM organisations WHERE id = %(id)s", {"id": NGO}):
        office.send(partners.RegisterOrganisation(organisation=NGO, kind="ngo", name="Mentors"), OPERATOR)
    service = str(uuid4())
    office.send(partners.PublishService(organisation=NGO, service=service, name="Mentors"), OPERATOR)
    office.catch_up()
    return Scene(office, script.known, service)
