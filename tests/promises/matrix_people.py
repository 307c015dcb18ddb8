"""The organisations and the people of the matrix: every kind, every role, and those who wrote what is asked about."""

from collections.abc import Iterator
from typing import Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from services.vocabulary import VOCABULARIES
from tests.promises.oracle import LAWS, Reader

KINDS: Final = VOCABULARIES["organisation_kind"]
ROLES: Final = VOCABULARIES["role"]


def uid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"matrix/{name}"))


READING: Final = {kind: uid(kind) for kind in KINDS}
"""One organisation of each kind, to whom law and consent let know, or do not."""
OPENER, CLINIC, SHELTER, REGISTRAR, STRANGERS, CITIZENS = (
    uid(name) for name in ("opener", "clinic", "shelter", "registrar", "strangers", "citizens")
)
KIND_OF: Final = {
    **{organisation: kind for kind, organisation in READING.items()},
    OPENER: "municipal_department",
    CLINIC: "treatment",
    SHELTER: "other",
    REGISTRAR: "municipal_department",
    STRANGERS: "region",
}
MOTHER, FATHER, AUNT, SOMEBODY = (uid(name) for name in ("mother", "father", "aunt", "somebody"))
"""Other citizens: who represents one, who did, who will, and who has nothing to do with them."""
SOURCES: Final = (OPENER, CLINIC, SHELTER)
"""Who writes. What the shelter does is protected, and so is that it does anything."""
NAMED: Final = "named"
"""Stands for the caseworker of an organisation who is named wherever it takes part in a case."""


def member(organisation: str, role: str) -> Person:
    """Somebody in this role; `named` is a caseworker."""
    return Person(f"matrix-{organisation[:8]}-{role}", organisation, "caseworker" if role == NAMED else role)


def reader_of(person: Person) -> Reader:
    return Reader(person.person, person.organisation, person.role, KIND_OF.get(person.organisation, ""))


COORDINATOR: Final = member(REGISTRAR, "coordinator")
OPENS: Final = member(OPENER, NAMED)
TREATS: Final = member(CLINIC, NAMED)
SHELTERS: Final = member(SHELTER, NAMED)


def law_for(kind: str) -> str:
    """The law reference that lets an organisation of this kind know the most."""
    usable = [law for law in LAWS.values() if law["code"] != "audit" and "valid_until" not in law]
    named = [law for law in usable if kind in law.get("kinds", ())]
    return str(max(named, key=lambda law: len(law["categories"]))["code"])


def members() -> Iterator[Person]:
    for organisation in KIND_OF:
        yield from (member(organisation, role) for role in (*ROLES, NAMED) if role != "citizen")
    yield from (Person(each, CITIZENS, "citizen") for each in (MOTHER, FATHER, AUNT, SOMEBODY))


def register_everybody(desk: Desk) -> None:
    for organisation, kind in KIND_OF.items():
        told = partners.RegisterOrganisation(organisation=organisation, kind=kind, name=f"Matrix {organisation[:8]}")
        desk.send(told, OPERATOR, command_id=str(uuid4()))
    told = partners.RegisterOrganisation(organisation=CITIZENS, kind="other", name="Matrix citizens")
    desk.send(told, OPERATOR, command_id=str(uuid4()))
    for each in members():
        register(desk, each)


def register(desk: Desk, person: Person) -> None:
    """As a member, so that the command line knows them."""
    added = partners.AddMember(
        organisation=person.organisation, person=person.person, name=person.person, role=person.role
    )
    desk.send(added, OPERATOR, command_id=str(uuid4()))
