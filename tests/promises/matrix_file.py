"""What is written down about one citizen of the matrix: in the platform, and beside it in the oracle's words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import uuid4

from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

from cli.desk import Desk, Person
from libs.eventlog import derived_id
from libs.host.times import period
from services.vocabulary import VOCABULARIES
from tests.promises.matrix_people import (
    CITIZENS,
    CLINIC,
    COORDINATOR,
    KIND_OF,
    NAMED,
    OPENER,
    OPENS,
    REGISTRAR,
    SHELTER,
    SHELTERS,
    TREATS,
    law_for,
    member,
    register,
)
from tests.promises.oracle import LAWS, Block, Citizen, Emergency, Entry, Ground, Lasting, Representation

CANARY: Final = "matrixfugl"
DAY: Final = timedelta(days=1)
OPENING_LAW: Final = "barnets-lov-stoette"
CLINIC_LAW: Final = "sundhedsloven-behandling"
SHELTER_LAW: Final = "gdpr-vital-interest"


class Noted(NamedTuple):
    """An entry with personal text of its own."""

    canary: str
    name: str
    """`stream/version`"""
    of: Entry


@dataclass
class File:
    """One citizen. Commands are sent as they come; what they mean is noted for the oracle."""

    desk: Desk
    state: str
    citizen: str = ""
    case: str = ""
    shelter_case: str = ""
    referral: str = ""
    notes: list[Noted] = field(default_factory=list)
    silent: list[Entry] = field(default_factory=list)
    """Entries without personal text, of organisations whose entries are counted."""
    grounds: list[Ground] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    emergencies: list[Emergency] = field(default_factory=list)
    representations: list[Representation] = field(default_factory=list)
    participants: list[str] = field(default_factory=list)
    restricted: list[str] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)
    """Ids."""

    def described(self) -> Citizen:
        return Citizen(
            self.citizen, REGISTRAR, self.grounds, self.blocks, self.emergencies, self.representations, self.restricted
        )

    def send(self, command: Message, person: Person, command_id: str = "") -> common.Recorded:
        return self.desk.send(command, person, command_id=command_id or str(uuid4()))

    def oneself(self) -> Person:
        return Person(self.citizen, CITIZENS, "citizen")

    def note(self, done: common.Recorded, canary: str, of: Entry) -> None:
        self.notes.append(Noted(canary, f"{done.id}/{done.version}", of))

    def begin(self) -> None:
        """Registered, with a case that two take part in, and a protected one of a shelter."""
        canary = new_canary()
        identifier = consents.Identifier(system="urn:samspor:matrix", value=str(uuid4()))
        registered = self.send(consents.RegisterCitizen(identifier=identifier, name=canary), COORDINATOR)
        self.citizen = registered.id
        self.note(registered, canary, Entry(REGISTRAR, "contact", "normal"))
        register(self.desk, self.oneself())
        self.open(OPENS, OPENING_LAW, "normal")
        self.shelter_case = self.open(SHELTERS, SHELTER_LAW, "protected")
        self.join(CLINIC, CLINIC_LAW)

    def open(self, person: Person, law: str, sensitivity: str) -> str:
        canary = new_canary()
        opening = cases.OpenCase(
            citizen=self.citizen, subject_code="27.24.00", title=canary, legal_basis=law, sensitivity=sensitivity
        )
        opened = self.send(opening, person)
        self.note(opened, canary, Entry(person.organisation, "administrative", sensitivity, opened.id))
        if sensitivity == "normal":
            self.case = opened.id
        self.takes_part(person.organisation, law, opened.id, person.person)
        return opened.id

    def join(self, organisation: str, law: str) -> None:
        named = member(organisation, NAMED).person
        joining = cases.JoinCase(
            case=self.case, organisation=organisation, role="contributor", legal_basis=law, named_people=[named]
        )
        self.send(joining, OPENS)
        self.silent.append(Entry(OPENER, "administrative", "normal", self.case))
        self.takes_part(organisation, law, self.case, named)
        self.participants.append(organisation)

    def takes_part(self, organisation: str, law: str, case: str, named: str) -> None:
        """consents writes the basis down in the name of the organisation that opened the case."""
        lasts, words = Lasting(datetime.now(UTC) - DAY), LAWS[law]
        writer, sensitivity = (OPENER, "normal") if case == self.case else (SHELTER, "protected")
        self.silent.append(Entry(writer, "administrative", sensitivity, case))
        self.grounds.append(
            Ground(organisation, lasts, words["categories"], words["purposes"], law, case, named=(named,))
        )

    def write(self, categories: Iterable[str]) -> None:
        """A note of every category and sensitivity by each who writes."""
        for category in categories:
            for person in (OPENS, TREATS):
                for sensitivity in VOCABULARIES["sensitivity"]:
                    self.write_one(person, self.case, category, sensitivity)
            self.write_one(SHELTERS, self.shelter_case, category, "protected")

    def refer(self) -> None:
        """A draft, of which the recipient knows nothing. Taking part must have reached consents by now."""
        canary = new_canary()
        draft = referrals.DraftReferral(
            citizen=self.citizen,
            case=self.case,
            recipient=CLINIC,
            purpose="treatment",
            categories=["health"],
            reason=canary,
        )
        drafted = self.send(draft, OPENS)
        self.referral = drafted.id
        self.note(drafted, canary, Entry(OPENER, "referral", "normal", self.case))

    def write_one(self, person: Person, case: str, category: str, sensitivity: str) -> None:
        canary = new_canary()
        written = self.send(cases.WriteNote(case=case, category=category, sensitivity=sensitivity, text=canary), person)
        self.note(written, canary, Entry(person.organisation, category, sensitivity, case))

    def law(self, organisation: str, lasts: Lasting | None = None, *, law: str = "", ended: bool = False) -> None:
        law, command_id, now = law or law_for(KIND_OF[organisation]), str(uuid4()), datetime.now(UTC)
        lasts = lasts or Lasting(now - DAY)
        by = member(organisation, "auditor") if law == "audit" else COORDINATOR
        self.silent.append(Entry(by.organisation, "administrative", "normal"))
        stated = consents.EstablishBasis(
            citizen=self.citizen, organisation=organisation, law=law, period=period(lasts.since, lasts.until)
        )
        self.send(stated, by, command_id)
        if ended:
            self.send(consents.EndBasis(citizen=self.citizen, basis=derived_id(command_id, "basis")), by)
        lasts = Lasting(lasts.since, lasts.until, ended)
        self.grounds.append(Ground(organisation, lasts, LAWS[law]["categories"], LAWS[law]["purposes"], law))

    def consent(self, organisation: str, lasts: Lasting | None = None, **more: Any) -> str:
        """The consent's id. `more`: categories, sources, case, and `ended`, which is for whoever ends it then."""
        command_id, now, ended = str(uuid4()), datetime.now(UTC), more.pop("ended", False)
        lasts = lasts or Lasting(now - DAY, now + DAY)
        terms: dict[str, Any] = {"categories": CONSENTED, "purposes": ("casework", "mentoring")} | more
        given = consents.GiveConsent(
            citizen=self.citizen,
            kind="gdpr_consent",
            grantee=organisation,
            period=period(lasts.since, lasts.until),
            given_how="written",
            notice_version="1",
            **terms,
        )
        self.send(given, COORDINATOR, command_id)
        lasts = Lasting(lasts.since, lasts.until, ended)
        reach = {"case": terms.get("case", ""), "sources": terms.get("sources", ())}
        self.grounds.append(Ground(organisation, lasts, terms["categories"], terms["purposes"], **reach))
        self.consents.append(derived_id(command_id, "consent"))
        return self.consents[-1]

    def block(self, organisation: str = "", categories: tuple[str, ...] = ()) -> None:
        hiding = consents.SetBlock(citizen=self.citizen, organisation=organisation, categories=categories)
        self.send(hiding, self.oneself())
        self.blocks.append(Block(organisation, categories))

    def break_glass(self, person: Person) -> None:
        canary, since = new_canary(), datetime.now(UTC)
        breaking = consents.BreakGlass(
            citizen=self.citizen, purpose="casework", categories=IN_DANGER, reason=canary, hours=8
        )
        self.note(self.send(breaking, person), canary, Entry(person.organisation, "administrative", "normal"))
        lasts = Lasting(since, since + timedelta(hours=8))
        self.emergencies.append(Emergency(person.person, person.organisation, "casework", IN_DANGER, lasts))

    def restrict(self, controllers: tuple[str, ...]) -> None:
        """Asked for by the citizen, and granted by each."""
        command_id = str(uuid4())
        asking = consents.InvokeRight(citizen=self.citizen, right="restriction", controllers=controllers)
        self.send(asking, self.oneself(), command_id)
        for each in controllers:
            ruling = consents.DecideRight(
                citizen=self.citizen, request=derived_id(command_id, "request"), controller=each, outcome="restricted"
            )
            self.send(ruling, member(each, "coordinator"))
            self.silent.append(Entry(each, "administrative", "confidential"))
            self.restricted.append(each)

    def appoint(self, representative: str, lasts: Lasting, *, ended: bool = False) -> None:
        command_id = str(uuid4())
        appointing = consents.AppointRepresentative(
            citizen=self.citizen,
            representative=representative,
            relation="parent",
            period=period(lasts.since, lasts.until),
            evidence_digest="cd" * 32,
        )
        self.send(appointing, COORDINATOR, command_id)
        if ended:
            over = consents.EndRepresentation(
                citizen=self.citizen, representation=derived_id(command_id, "representation")
            )
            self.send(over, COORDINATOR)
        self.representations.append(Representation(representative, Lasting(lasts.since, lasts.until, ended)))


CONSENTED: Final = ("contact", "family", "housing", "economy", "health", "crime", "administrative")
IN_DANGER: Final = ("contact", "health", "mental_health", "children", "referral")


def new_canary() -> str:
    """A text that occurs nowhere else."""
    return f"{CANARY}{uuid4().hex}"
