"""Carrying a run of control out: page by page, so that a log of any length takes the same memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from libs.eventlog import Context, VersionStale, new_id
from libs.host.calls import Caller
from services.consents.control.errors import ControlBehind
from services.consents.control.events import FindingRaised
from services.consents.control.facts import facts_of, looks_after, with_held
from services.consents.control.finding import finding_id
from services.consents.control.looks import Look
from services.consents.control.rulebook import RULEBOOK, Rule, hits
from services.consents.control.rules import Facts, Hit
from services.consents.control.run import CONTROL, Control, Place, Stretch
from services.vocabulary import word

if TYPE_CHECKING:
    from services.consents.service import Consents

PAGE: Final = 1_000
"""Access records examined at once."""
BUDGET: Final = 1.0
"""Seconds after which an answer is given, whatever is left: callers wait two (libs/host/settings.py)."""
PATIENCE: Final = 0.4
"""Seconds that the worker is given to list what was recorded: a third of what a caller waits, who asks three times."""
LISTED: Final = "SELECT coalesce(max(position), 0) FROM positions WHERE source = 'consents'"
HEAD: Final = "SELECT position FROM counter"
KNOWN: Final = "SELECT stream::text FROM events WHERE stream = ANY(%s::uuid[]) AND version = 1"


def must_be_listed(service: "Consents") -> None:
    """Waits until the lists have what was recorded by now. Raises ControlBehind: half a list proves nothing."""
    deadline = monotonic() + PATIENCE
    with service.pool.connection() as connection:
        head = connection.execute(HEAD).fetchone()
        assert head
        while (listed := connection.execute(LISTED).fetchone()) and listed[0] < head[0]:
            if monotonic() > deadline:
                raise ControlBehind
            sleep(0.02)


def go_on(service: "Consents", control_id: str, caller: Caller) -> None:
    """Examine what is left of the period, for about a second."""
    control = service.log.load(CONTROL, control_id).state
    if control.complete:
        return
    stretch = examine(service, control_id, control)
    # Going on is no command of the caller's: the command began the run.
    context = replace(caller, command_id=new_id(), expected_version=None)
    service.log.execute(CONTROL, control_id, stretch, context)


def examine(service: "Consents", control_id: str, control: Control) -> Stretch:
    """At least one page."""
    until = monotonic() + BUDGET
    rules = {code: rule for code, rule in RULEBOOK.rules.items() if code in control.rules}
    facts = facts_for(service, control_id, control)
    examined, raised, found, place = 0, 0, Counter[str](), control.place
    for looks, known in pages(service, control, facts):
        if looks:
            matched, here = findings(rules, looks, known), {look.access for look in looks}
            raised += raise_new(service, control_id, control, matched)
            found.update(rule for rule, hit in matched.values() if hit.look.access in here)
            examined += len(looks)
            place = Place(looks[-1].time, looks[-1].position)
        if len(looks) < PAGE:
            return Stretch(control.place, place, examined, found, raised, last=True)
        if monotonic() > until:
            break
    return Stretch(control.place, place, examined, found, raised, last=False)


def facts_for(service: "Consents", control_id: str, control: Control) -> Facts:
    """Gathered once for a run, as long as this process remembers: they take longer than a page."""
    facts: Facts | None = service.controls.get(control_id)
    if facts is None:
        with service.pool.connection() as connection:
            facts = facts_of(connection, control, RULEBOOK.zone, RULEBOOK.counts)
        service.controls.put(control_id, facts)
    return facts


def pages(service: "Consents", control: Control, facts: Facts) -> Iterator[tuple[list[Look], Facts]]:
    """The looks of the period from where the run stands, with what is known of those citizens; the last page is not
    full."""
    place = control.place
    while True:
        with service.pool.connection() as connection:
            looks = looks_after(connection, control, place, PAGE)
            known = with_held(connection, facts, control.organisation, looks)
        yield looks, known
        if looks:
            place = Place(looks[-1].time, looks[-1].position)


def findings(rules: Mapping[str, Rule], looks: Sequence[Look], facts: Facts) -> dict[str, tuple[str, Hit]]:
    """Finding's id -> rule and hit. Two looks that a rule finds the same in are one finding."""
    return {finding_id(hit.look.access, rule): (rule, hit) for look in looks for rule, hit in hits(rules, look, facts)}


def raise_new(service: "Consents", control_id: str, control: Control, matched: Mapping[str, tuple[str, Hit]]) -> int:
    """How many were not known before."""
    with service.pool.connection() as connection:
        known = {stream for (stream,) in connection.execute(KNOWN, [list(matched)]).fetchall()}
    waiting = [
        service.together.submit(raise_one, service, each, raised(control_id, control, rule, hit))
        for each, (rule, hit) in matched.items()
        if each not in known
    ]
    return sum(each.result() for each in waiting)


def raised(control_id: str, control: Control, rule: str, hit: Hit) -> FindingRaised:
    look = hit.look
    return FindingRaised(
        citizen=look.citizen,
        controlled=control.organisation,
        rule=rule,
        access=look.access,
        reader=look.reader,
        looked=look.time,
        purpose=word(look.purpose),
        numbers=hit.numbers,
        control=control_id,
    )


def raise_one(service: "Consents", finding: str, event: FindingRaised) -> bool:
    """False when another run was first."""
    now = datetime.now(UTC)
    context = Context(
        command_id=new_id(),
        actor="control",
        organisation=event.controlled,
        role="service",
        now=now,
        occurred=now,
        correlationid=event.control,
    )
    try:
        service.log.append(finding, 0, [event], context)
    except VersionStale:
        return False
    return True
