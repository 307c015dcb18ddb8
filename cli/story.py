"""samspor story: loads the demo through the same commands as everybody else's, and adds nothing the second time."""

import time
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from google.protobuf.message import Message
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person, open_desk
from cli.imports import AsJson, fail, usable
from cli.report import print_json, progress
from cli.story_data import Step, Story, command_of, moment, read_story, story_id
from libs.eventlog import derived_id
from libs.host.errors import Refused

CPR: Final = "urn:oid:1.2.208.176.1.2"
"""System of civil registration numbers."""
SINCE: Final = "Demodata siden "
PATIENCE: Final = 20.0
"""Seconds until the directory must show what was registered."""


class StoryLoader:
    """One telling of the story. Every command has the id it had the last time; only its first telling counts."""

    def __init__(self, desk: Desk, story: Story) -> None:
        self._desk, self._story = desk, story
        self._known = {f"org.{key}": story_id("organisation", key) for key in story.organisations}
        self._known |= {f"service.{offer.key}": story_id("service", offer.key) for offer in story.services}
        self._people = {
            key: Person(story_id("person", key), self._known[f"org.{member.organisation}"], member.role, member.unit)
            for key, member in story.members.items()
        }
        self._known |= {f"person.{key}": person.person for key, person in self._people.items()}
        self._anchor = datetime.now(UTC)

    def tell(self, *, withdrawal: bool) -> int:
        """Sends all that is missing; how many commands the story has. Raises Refused."""
        self._anchor = self._settle_anchor()
        self._register_organisations()
        self._register_citizens()
        steps = [step for step in self._story.steps if not step.when or (step.when == "withdrawal" and withdrawal)]
        with progress("story", len(steps)) as advance:
            for number, step in enumerate(self._story.steps):
                if step in steps:
                    self._take(number, step)
                    advance(1)
        return len(steps)

    def _settle_anchor(self) -> datetime:
        """The day from which days are counted: the day of the first telling, which the municipality remembers."""
        municipality, now = story_id("organisation", "municipality"), datetime.now(UTC)
        command = partners.RegisterOrganisation(
            organisation=municipality,
            kind="other",
            name=self._story.municipality,
            description=f"{SINCE}{now.date().isoformat()}",
        )
        try:
            self._desk.send(command, OPERATOR, command_id=story_id("command", "municipality", now.isoformat()))
        except Refused as refused:
            if refused.reason != "ORGANISATION_EXISTS":
                raise
            return self._earlier_anchor(municipality)
        return now

    def _earlier_anchor(self, municipality: str) -> datetime:
        """Registered, and perhaps not yet described in the directory. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE
        question = partners.GetOrganisation(organisation=municipality)
        while time.monotonic() < deadline:
            _, since, day = self._desk.ask(question, partners.Organisation, OPERATOR).description.partition(SINCE)
            if since:
                return datetime.fromisoformat(day).replace(tzinfo=UTC)
            time.sleep(0.2)
        raise TimeoutError

    def _register_organisations(self) -> None:
        for key, organisation in self._story.organisations.items():
            id_ = self._known[f"org.{key}"]
            parent = story_id("organisation", "municipality") if organisation.parent else ""
            self._operate(
                partners.RegisterOrganisation(
                    organisation=id_,
                    kind=organisation.kind,
                    name=organisation.name,
                    description=organisation.description,
                    email=organisation.email,
                    website=organisation.website,
                    parent=parent,
                ),
                "organisation",
                key,
            )
            if organisation.can:
                self._operate(
                    partners.DescribeRole(
                        organisation=id_,
                        resources=organisation.resources,
                        can=organisation.can,
                        cannot=organisation.cannot,
                        frame=organisation.frame,
                        **organisation.role,
                    ),
                    "role",
                    key,
                )
        for offer in self._story.services:
            self._operate(
                partners.PublishService(
                    organisation=self._known[f"org.{offer.organisation}"],
                    service=self._known[f"service.{offer.key}"],
                    name=offer.name,
                    description=offer.description,
                    status="active",
                    categories=offer.categories,
                    minimum_age=offer.minimum_age,
                    maximum_age=offer.maximum_age,
                    eligibility_description=offer.eligibility_description,
                ),
                "service",
                offer.key,
            )
        for key, member in self._story.members.items():
            self._add_member(self._people[key], member.name)

    def _register_citizens(self) -> None:
        for key, citizen in self._story.citizens.items():
            command = consents.RegisterCitizen(
                identifier=consents.Identifier(system=CPR, value=citizen.number),
                name=citizen.name,
                address=citizen.address,
                phone=citizen.phone,
            )
            registered = self._desk.send(
                command,
                self._people[citizen.by],
                command_id=story_id("command", "citizen", key),
                occurred=moment(self._anchor, citizen.day),
            )
            self._known[key] = registered.id
            self._people[key] = Person(registered.id, self._known["org.citizens"], "citizen")
            self._add_member(self._people[key], citizen.member)

    def _add_member(self, person: Person, name: str) -> None:
        command = partners.AddMember(
            organisation=person.organisation, person=person.person, name=name, role=person.role, unit=person.unit
        )
        self._operate(command, "member", person.person)

    def _operate(self, command: Message, *what: str) -> None:
        self._desk.send(command, OPERATOR, command_id=story_id("command", *what))

    def _take(self, number: int, step: Step) -> None:
        command = command_of(step, self._anchor, self._known)
        command_id = story_id("command", "step", str(number))
        occurred = None if step.day is None else moment(self._anchor, step.day, step.time)
        recorded = self._desk.send(command, self._people[step.by], command_id=command_id, occurred=occurred)
        if step.keep:
            self._known[step.keep] = derived_id(command_id, step.answers) if step.answers else recorded.id


def story(
    with_withdrawal: Annotated[
        bool, typer.Option(help="Also the step that a demo usually shows by hand: the consent for housing withdrawn.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Loads the demo: organisations, people and two citizens' cases. What is loaded already is not loaded again."""
    told = read_story()
    with usable(), open_desk("partners", "consents", "cases", "referrals") as desk:
        try:
            steps = StoryLoader(desk, told).tell(withdrawal=with_withdrawal)
        except Refused as refused:
            if refused.reason == "COMMAND_ID_REUSED":
                fail("another version of the story is loaded here; it is left as it is. make reset begins anew.")
            raise
        except TimeoutError:
            fail("the directory does not show what was registered; is the worker of partners running?")
    facts = {
        "organisations": len(told.organisations) + 1,
        "people": len(told.members) + len(told.citizens),
        "steps": steps,
    }
    if as_json:
        print_json(facts)
    else:
        typer.echo(", ".join(f"{count} {name}" for name, count in facts.items()) + ": the story is loaded.")
