"""Members and organisations by the ids and names that people type."""

from typing import NamedTuple

from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from cli.imports import fail


class Directory(NamedTuple):
    members: list[partners.Member]
    organisations: dict[str, str]
    """Id -> name."""

    def member(self, wanted: str) -> Person:
        """By id or name. Ends the command for nobody, or for several."""
        found = [each for each in self.members if wanted in (each.person, each.name)]
        if len(found) != 1:
            fail(f"{wanted}: {'several members have this name' if found else 'no member has this id or name'}")
        return Person(found[0].person, found[0].organisation, found[0].role, found[0].unit)

    def organisation(self, wanted: str) -> str:
        """The id of an organisation, by id or name. Ends the command for none, or for several."""
        found = [id_ for id_, name in self.organisations.items() if wanted in (id_, name)]
        if len(found) != 1:
            several = "several organisations have this name; give an id"
            fail(f"{wanted}: {several if found else 'no organisation has this id or name'}")
        return found[0]

    def called(self, person: str) -> str:
        """What a member is called; their id where the directory has them no more."""
        return next((each.name for each in self.members if each.person == person), person)


def read_directory(desk: Desk) -> Directory:
    """Raises Refused."""
    members = desk.ask(partners.ListMembers(), partners.MemberList, OPERATOR).members
    names: dict[str, str] = {}
    page = common.PageRequest(size=200)
    while True:
        answer = desk.ask(partners.ListOrganisations(page=page), partners.OrganisationList, OPERATOR)
        names |= {each.id: each.name for each in answer.organisations}
        if not answer.page.next:
            return Directory(list(members), names)
        page.token = answer.page.next


def reader_of(desk: Desk, wanted: str) -> tuple[Person, dict[str, str]]:
    """The member who reads, and the names of the organisations. Ends the command for nobody, or for several."""
    directory = read_directory(desk)
    return directory.member(wanted), directory.organisations
