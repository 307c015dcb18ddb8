"""samspor access explain: why somebody sees, or does not see, an entry; now or at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from google.protobuf.json_format import MessageToDict
from rich.console import Console
from rich.table import Table
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.timeline.v1 import timeline_pb2 as timeline

from cli.desk import Desk, Person
from cli.imports import AsJson, fail, usable
from cli.people import reader_of
from cli.report import print_json
from libs.host import settings
from libs.host.times import timestamp

PURPOSES = {"auditor": "audit", "citizen": "own_access"}
"""Role of whoever asks -> what they look the entry up for; others do casework."""


def explain(
    citizen: Annotated[str, typer.Argument(help="The citizen's id.", show_default=False)],
    viewer: Annotated[str, typer.Option(help="Id or name of the member whose eyes are meant.", show_default=False)],
    asker: Annotated[str, typer.Option("--as", help="Id or name of the member who asks.", show_default=False)],
    purpose: Annotated[str, typer.Option(help="What the viewer reads for.")] = "casework",
    entry: Annotated[str, typer.Option(help="Id of an entry that the asker may read.")] = "",
    organisation: Annotated[str, typer.Option(help="Else: whose entries, by id or name.")] = "",
    category: Annotated[str, typer.Option(help="Else: of which category.")] = "",
    sensitivity: Annotated[str, typer.Option(help="Else: how sensitive.")] = "normal",
    case: Annotated[str, typer.Option(help="Else: of which case.")] = "",
    at: Annotated[str, typer.Option(help="As things stood then: 2026-06-08 or 2026-06-08T12:00+02:00.")] = "",
    as_json: AsJson = False,
) -> None:
    """Why a member sees, or does not see, an entry or entries of a kind: the decision, its facts, and each basis."""
    with usable(), Desk(settings.load()) as desk:
        person, names = reader_of(desk, asker)
        seen_by, _ = reader_of(desk, viewer)
        if entry:
            of = class_of(desk, citizen, person, entry)
        elif organisation and category:
            owner = next((id_ for id_, name in names.items() if organisation in (id_, name)), organisation)
            of = consents.AccessClass(organisation=owner, category=category, sensitivity=sensitivity, case=case)
        else:
            fail("say which --entry is meant, or whose and of what: --organisation and --category")
        question = consents.ExplainAccess(
            citizen=citizen,
            viewer=consents.Viewer(
                person=seen_by.person, organisation=seen_by.organisation, role=seen_by.role, unit=seen_by.unit
            ),
            purpose=purpose,
            of=of,
            at=timestamp(moment_of(at)) if at else None,
        )
        answer = desk.ask(question, consents.AccessExplained, person)
    if as_json:
        print_json(MessageToDict(answer, preserving_proto_field_name=True))
    else:
        tell(answer, names)


def class_of(desk: Desk, citizen: str, person: Person, entry: str) -> consents.AccessClass:
    """The class of an entry on the asker's own timeline. Ends the command if it is not there."""
    found = next((each for each in entries_of(desk, citizen, person) if each.id == entry), None)
    if found is None:
        fail(f"{entry}: no entry that the asker may read")
    return consents.AccessClass(
        organisation=found.organisation, category=found.category, sensitivity=found.sensitivity, case=found.case
    )


def entries_of(desk: Desk, citizen: str, person: Person) -> Iterator[timeline.Entry]:
    question = timeline.GetTimeline(
        citizen=citizen, purpose=PURPOSES.get(person.role, "casework"), page=common.PageRequest(size=200)
    )
    while True:
        answer = desk.ask(question, timeline.Timeline, person)
        yield from answer.entries
        if not answer.page.next:
            return
        question.page.token = answer.page.next


def moment_of(text: str) -> datetime:
    """UTC where nothing else is said. Ends the command for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--at {text}: write it as 2026-06-08 or 2026-06-08T12:00+02:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def tell(answer: consents.AccessExplained, names: dict[str, str]) -> None:
    decision, out = answer.decision, Console()
    summary = Table(show_header=False)
    for name, value in (
        ("answer", decision.outcome),
        ("why", f"{decision.reason}: {decision.sentences['en']}"),
        ("law", decision.law),
        ("policies", ", ".join(decision.policies)),
        ("policy set", answer.policy_set),
        ("facts", ", ".join(f"{name} {value}" for name, value in sorted(answer.facts.items()))),
    ):
        if value:
            summary.add_row(name, value)
    out.print(summary)
    if not answer.bases:
        out.print("The viewer's organisation never had a basis.")
        return
    bases = Table("basis", "holder", "status", "categories", "purposes", "what it lacks")
    for each in answer.bases:
        bases.add_row(*row_of(each, names))
    out.print(bases)


def row_of(each: Any, names: dict[str, str]) -> tuple[str, ...]:
    basis = each.basis
    return (
        basis.law or basis.kind,
        names.get(basis.organisation, basis.organisation),
        basis.status,
        ", ".join(basis.categories),
        ", ".join(basis.purposes),
        ", ".join(each.missing) or "nothing: it covers",
    )
