"""Legal states of one citizen, each told twice: as events, and in the words of the oracle."""

from datetime import datetime, timedelta
from typing import Any, Final

from libs.eventlog import Event, derived_id
from libs.spec.scenario import CONTEXT, NOW
from services.consents.events import (
    BasisEnded,
    BasisEstablished,
    BlockLifted,
    BlockSet,
    ConsentGiven,
    ConsentInvalidated,
    ConsentRequested,
    ConsentWithdrawn,
    GlassBroken,
    RepresentationEnded,
    RepresentativeAppointed,
)
from services.consents.rights_events import RestrictionLifted, RightDecided, RightInvoked
from tests.consents.people import CASE, CITIZEN, CLINIC, DAY, FAMILY, LAW, NGO, YEAR
from tests.consents.viewers import OTHER_CASE
from tests.promises.oracle import LAWS, Block, Emergency, Ground, Lasting, Representation

BEFORE: Final = NOW - DAY
AFTER: Final = NOW + DAY
INSTANT: Final = timedelta(microseconds=1)
HOURS: Final = timedelta(hours=2)
READER: Final = "reader"
NAMED: Final = "named"
MOTHER: Final = "01890a5d-ac96-774b-bcce-b302099ac00d"

Told = tuple[list[Event], dict[str, list[Any]]]
"""The same legal state twice: as events, and as the scenario's own words to the oracle."""


def nothing() -> Told:
    return [], {}


def by_law(law: str = LAW, since: datetime = BEFORE, until: datetime | None = None, **more: Any) -> Told:
    """`case`, `named`, `ended` and `protected` as the scenario says."""
    event = BasisEstablished(
        citizen=CITIZEN,
        case=more.get("case", ""),
        sensitivity=more.get("sensitivity", "normal"),
        basis=derived_id(CONTEXT.command_id, f"{law}{since}{more}"),
        holder=more.get("holder", NGO),
        law=law,
        purposes=tuple(LAWS[law]["purposes"]),
        categories=tuple(LAWS[law]["categories"]),
        since=since,
        until=until,
        scope=more.get("case", ""),
        named_people=more.get("named", ()),
        stated_by=FAMILY,
    )
    ended = more.get("ended", False)
    ground = Ground(
        event.holder,
        Lasting(since, until, ended),
        event.categories,
        event.purposes,
        law,
        event.scope,
        named=event.named_people,
    )
    endings: list[Event] = [BasisEnded(citizen=CITIZEN, basis=event.basis, ended=BEFORE)] if ended else []
    return [event, *endings], {"grounds": [ground]}


def by_consent(end: type[Event] | None = None, **more: Any) -> Told:
    fields: dict[str, Any] = {
        "citizen": CITIZEN,
        "consent": derived_id(CONTEXT.command_id, f"consent{more}"),
        "kind": "gdpr_consent",
        "grantee": NGO,
        "purposes": ("casework", "own_access", "audit"),
        "categories": ("family", "housing"),
        "since": BEFORE,
        "until": AFTER,
        "given_how": "written",
        "notice_version": "1",
    }
    event = ConsentGiven(**fields | more)
    endings: list[Event] = []
    about: dict[str, Any] = {"citizen": CITIZEN, "consent": event.consent, "grantee": NGO, "categories": ()}
    if end is ConsentWithdrawn:
        endings = [ConsentWithdrawn(**about, withdrawn=BEFORE)]
    if end is ConsentInvalidated:
        endings = [ConsentInvalidated(**about, ground="not_informed", invalidated=BEFORE)]
    lasts = Lasting(event.since, event.until, end is not None)
    ground = Ground(NGO, lasts, event.categories, event.purposes, case=event.scope, sources=event.sources)
    return [event, *endings], {"grounds": [ground]}


def asked_for() -> Told:
    (event,), _ = by_consent()
    assert isinstance(event, ConsentGiven)
    same = ("citizen", "kind", "grantee", "purposes", "categories", "since", "until", "notice_version")
    fields = {name: getattr(event, name) for name in same}
    return [ConsentRequested(request=event.consent, **fields)], {}


def hidden(organisation: str, *categories: Any, lifted: bool = False) -> Told:
    block = derived_id(CONTEXT.command_id, f"block{organisation}{categories}")
    events: list[Event] = [
        BlockSet(citizen=CITIZEN, block=block, organisation=organisation, categories=categories, since=BEFORE)
    ]
    if lifted:
        events.append(BlockLifted(citizen=CITIZEN, block=block, lifted=BEFORE))
    return events, {"blocks": [Block(organisation, categories, lifted)]}


def broken(since: datetime = NOW, purpose: Any = "casework", organisation: str = NGO) -> Told:
    event = GlassBroken(
        citizen=CITIZEN,
        emergency=derived_id(CONTEXT.command_id, f"emergency{since}{purpose}{organisation}"),
        reader=READER,
        holder=organisation,
        controller=FAMILY,
        purpose=purpose,
        categories=("housing", "health"),
        since=since,
        until=since + HOURS,
        review_by=since + DAY,
        reason="Unconscious",
    )
    lasts = Lasting(event.since, event.until)
    return [event], {"emergencies": [Emergency(READER, organisation, purpose, event.categories, lasts)]}


def represented(since: datetime = BEFORE, until: datetime = AFTER, *, ended: bool = False) -> Told:
    representation = derived_id(CONTEXT.command_id, f"representation{since}{until}{ended}")
    events: list[Event] = [
        RepresentativeAppointed(
            citizen=CITIZEN,
            representation=representation,
            representative=MOTHER,
            relation="parent",
            since=since,
            until=until,
            evidence_digest="cd" * 32,
        )
    ]
    if ended:
        events.append(RepresentationEnded(citizen=CITIZEN, representation=representation, ended=BEFORE))
    return events, {"representations": [Representation(MOTHER, Lasting(since, until, ended))]}


def restricted(controller: str, *, lifted: bool = False) -> Told:
    asked: dict[str, Any] = {
        "citizen": CITIZEN,
        "request": derived_id(CONTEXT.command_id, controller),
        "controller": controller,
    }
    events: list[Event] = [
        RightInvoked(right="restriction", invoked=BEFORE, **asked),
        RightDecided(right="restriction", outcome="restricted", decided=BEFORE, **asked),
    ]
    if lifted:
        return [*events, RestrictionLifted(lifted=BEFORE, **asked)], {}
    return events, {"restricted": [controller]}


def both(*told: Told) -> Told:
    events = [event for each, _ in told for event in each]
    names = {name for _, words in told for name in words}
    return events, {name: [fact for _, words in told for fact in words.get(name, ())] for name in names}


CONSENTED: Final = by_consent()
STATES: Final[dict[str, Told]] = {
    "nothing": nothing(),
    "a law": by_law(),
    "a law for a case": by_law(case=CASE),
    "a law for a case, with people named": by_law(case=CASE, named=(NAMED, MOTHER, CITIZEN)),
    "a protected part in a case": by_law(case=CASE, named=(NAMED,), sensitivity="protected"),
    "people named for another case": both(by_law(), by_law(case=OTHER_CASE, named=(NAMED,))),
    "people named on a ground that ended": both(by_law(), by_law(case=CASE, named=(NAMED,), ended=True)),
    "a law, ended": by_law(ended=True),
    "a law, from now": by_law(since=NOW),
    "a law, from the next instant": by_law(since=NOW + INSTANT),
    "a law, to now": by_law(until=NOW),
    "a law, to the next instant": by_law(until=NOW + INSTANT),
    "a law that was repealed since": by_law("serviceloven-153", NOW - 20 * YEAR),
    "a vital interest": by_law("gdpr-vital-interest"),
    "a law of another organisation": by_law(holder=CLINIC),
    "an audit": by_law("audit"),
    "an audit, and people named": both(by_law("audit"), by_law("audit", case=CASE, named=(NAMED,))),
    "an audit of a case": by_law("audit", case=CASE),
    "an audit and a law": both(by_law("audit"), by_law()),
    "a consent": CONSENTED,
    "a consent from the next instant": by_consent(since=NOW + INSTANT),
    "a consent to now": by_consent(until=NOW),
    "a consent to the next instant": by_consent(until=NOW + INSTANT),
    "a consent for a case": by_consent(scope=CASE),
    "a consent for a source": by_consent(sources=(CLINIC,)),
    "a consent, withdrawn": by_consent(ConsentWithdrawn),
    "a consent, invalidated": by_consent(ConsentInvalidated),
    "a consent, asked for": asked_for(),
    "a consent withdrawn in part": both(by_consent(ConsentWithdrawn), by_consent(categories=("family",))),
    "blocked: the organisation": both(CONSENTED, hidden(NGO)),
    "blocked: a category": both(CONSENTED, hidden("", "housing")),
    "blocked: a category from the organisation": both(CONSENTED, hidden(NGO, "housing")),
    "blocked: another organisation": both(CONSENTED, hidden(CLINIC)),
    "blocked and lifted": both(CONSENTED, hidden(NGO, lifted=True)),
    "blocked, with a law": both(CONSENTED, by_law(), hidden(NGO)),
    "blocked, in an emergency": both(CONSENTED, hidden("", "housing"), broken()),
    "an emergency": broken(),
    "an emergency that is over": broken(NOW - HOURS),
    "an emergency for an audit": broken(purpose="audit"),
    "an emergency in another organisation": broken(organisation=CLINIC),
    "restricted": both(CONSENTED, restricted(FAMILY)),
    "restricted, with a law and an emergency": both(by_law(case=CASE, named=(NAMED,)), broken(), restricted(FAMILY)),
    "restricted: their own": both(CONSENTED, restricted(NGO)),
    "restricted: their own, without any relation": restricted(NGO),
    "restricted, for an audit": both(by_law("audit"), restricted(FAMILY)),
    "restricted, for who represents": both(represented(), restricted(FAMILY)),
    "restricted and lifted": both(CONSENTED, restricted(FAMILY, lifted=True)),
    "represented": represented(),
    "represented, not any more": represented(ended=True),
    "represented, to now": represented(until=NOW),
    "represented, not yet": represented(NOW + INSTANT),
}
