"""What a citizen arranges (representatives, blocks), and what is done without asking (break-glass)."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from samspor.consents.v1 import consents_pb2 as consents

from libs.eventlog import derived_id
from libs.host.times import period
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.emergency import REVIEW
from services.consents.errors import (
    BlockEmpty,
    BlockUnknown,
    EmergencyUnknown,
    EvidenceMalformed,
    HoursMalformed,
    LawRepealed,
    LawUnknown,
    PeriodMalformed,
    RepresentationNotInForce,
    RepresentationUnknown,
    RepresentsOneself,
    ReviewedAlready,
    ReviewOfOneself,
    ReviewOverdue,
)
from services.consents.events import (
    BlockLifted,
    BlockSet,
    BreakGlassReviewed,
    ConsentGiven,
    GlassBroken,
    RepresentationEnded,
    RepresentativeAppointed,
)
from services.consents.law import BOOK, LAWS, law_of
from tests.consents.people import CITIZEN, DAY, FAMILY, GIVEN, NGO, REGISTERED, STRANGERS, YEAR, giving, stating
from tests.consents.viewers import CASEWORKER, FACTS, MENTOR, STRANGER, decide, entry, viewer

LATER: Final = "00000000-0000-4000-8000-000000000002"
MOTHER: Final = "01890a5d-ac96-774b-bcce-b302099ac00d"
APPOINTED: Final = RepresentativeAppointed(
    citizen=CITIZEN,
    representation=derived_id(CONTEXT.command_id, "representation"),
    representative=MOTHER,
    relation="parent",
    since=NOW,
    until=NOW + YEAR,
    evidence_digest="cd" * 32,
)
BLOCKED: Final = BlockSet(
    citizen=CITIZEN,
    block=derived_id(CONTEXT.command_id, "block"),
    organisation=NGO,
    categories=("housing",),
    since=NOW,
)
BROKEN: Final = GlassBroken(
    citizen=CITIZEN,
    legalbasis="vital_interest",
    emergency=derived_id(CONTEXT.command_id, "emergency"),
    reader=STRANGER.actor,
    holder=STRANGERS,
    controller=FAMILY,
    purpose="casework",
    categories=("family",),
    since=NOW,
    until=NOW + timedelta(hours=2),
    review_by=NOW + REVIEW,
    reason="Found unconscious",
)


def appointing(**changes: Any) -> consents.AppointRepresentative:
    fields: dict[str, Any] = {
        "citizen": CITIZEN,
        "representative": MOTHER,
        "relation": "parent",
        "period": period(None, APPOINTED.until),
        "evidence_digest": APPOINTED.evidence_digest,
    }
    return consents.AppointRepresentative(**fields | changes)


def breaking(hours: int = 2) -> consents.BreakGlass:
    return consents.BreakGlass(
        citizen=CITIZEN, purpose="casework", categories=["family"], reason=BROKEN.reason, hours=hours
    )


def test_a_representative_is_appointed_on_evidence_and_for_a_time() -> None:
    given(DECIDER, REGISTERED).when(appointing()).then(APPOINTED)
    for digest in ("", "cd" * 31, "CD" * 32, "zz" * 32):
        given(DECIDER, REGISTERED).when(appointing(evidence_digest=digest)).refused(EvidenceMalformed)
    given(DECIDER, REGISTERED).when(appointing(period=period(None, None))).refused(PeriodMalformed)
    given(DECIDER, REGISTERED).when(appointing(representative=CITIZEN)).refused(RepresentsOneself)


def test_a_consent_by_somebody_else_needs_an_authority_in_force() -> None:
    by_mother = giving(representation=APPOINTED.representation)
    given(DECIDER, REGISTERED).when(by_mother).refused(RepresentationUnknown)
    (consent,) = given(DECIDER, REGISTERED, APPOINTED).when(by_mother).events
    assert isinstance(consent, ConsentGiven)
    assert consent.representation == APPOINTED.representation
    late = giving(representation=APPOINTED.representation, period=period(None, NOW + 2 * YEAR))
    given(DECIDER, REGISTERED, APPOINTED).when(late, now=NOW + YEAR).refused(RepresentationNotInForce, status="expired")


def test_a_representation_ends_and_with_it_the_reading() -> None:
    ending = consents.EndRepresentation(citizen=CITIZEN, representation=APPOINTED.representation)
    ended = RepresentationEnded(citizen=CITIZEN, representation=APPOINTED.representation, ended=NOW + DAY)
    given(DECIDER, REGISTERED).when(ending).refused(RepresentationUnknown)
    given(DECIDER, REGISTERED, APPOINTED).when(ending, now=NOW + DAY).then(ended)
    given(DECIDER, REGISTERED, APPOINTED, ended).when(ending).refused(RepresentationNotInForce, status="ended")
    mother = viewer("", "citizen", MOTHER)
    facts = (REGISTERED, APPOINTED)
    assert decide(entry(FAMILY), mother, "own_access", facts, NOW).reason == "REPRESENTED"
    assert decide(entry(FAMILY), mother, "own_access", (*facts, ended), NOW + DAY).outcome == "none"
    assert decide(entry(FAMILY), mother, "casework", facts, NOW).outcome == "none"


@pytest.mark.parametrize("sensitivity", ["confidential", "protected"])
def test_what_a_child_tells_in_confidence_stays_from_its_parents(sensitivity: str) -> None:
    mother = viewer("", "citizen", MOTHER)
    told = decide(entry(FAMILY, sensitivity=sensitivity), mother, "own_access", (REGISTERED, APPOINTED), NOW)
    assert told.outcome == "none"


def test_a_block_says_what_it_hides() -> None:
    setting = consents.SetBlock(citizen=CITIZEN, organisation=NGO, categories=["housing"])
    given(DECIDER, REGISTERED).when(setting).then(BLOCKED)
    given(DECIDER, REGISTERED, BLOCKED).when(setting).then()
    given(DECIDER, REGISTERED).when(consents.SetBlock(citizen=CITIZEN)).refused(BlockEmpty)
    lifting = consents.LiftBlock(citizen=CITIZEN, block=BLOCKED.block)
    lifted = BlockLifted(citizen=CITIZEN, block=BLOCKED.block, lifted=NOW + DAY)
    given(DECIDER, REGISTERED, BLOCKED).when(lifting, now=NOW + DAY).then(lifted)
    given(DECIDER, REGISTERED, BLOCKED, lifted).when(lifting).refused(BlockUnknown)


def test_a_block_takes_what_a_consent_gave_until_it_is_lifted() -> None:
    facts = (*FACTS, BLOCKED)
    told = decide(entry(FAMILY, "housing"), MENTOR, "mentoring", facts, NOW)
    assert (told.outcome, told.reason) == ("stub", "BLOCKED")
    assert decide(entry(FAMILY, "family"), MENTOR, "mentoring", facts, NOW).reason == "CONSENT_GIVEN"
    lifted = BlockLifted(citizen=CITIZEN, block=BLOCKED.block, lifted=NOW)
    assert decide(entry(FAMILY, "housing"), MENTOR, "mentoring", (*facts, lifted), NOW).outcome == "full"


def test_what_the_law_lets_somebody_know_survives_a_block_and_says_so() -> None:
    everywhere = msgspec.structs.replace(BLOCKED, organisation="")
    told = decide(entry(NGO, "housing"), CASEWORKER, "casework", (*FACTS, everywhere), NOW)
    assert (told.outcome, told.reason, told.law) == ("full", "BASIS_DESPITE_BLOCK", "barnets-lov-stoette")
    own = decide(entry(NGO, "housing"), MENTOR, "mentoring", (*FACTS, everywhere), NOW)
    assert own.reason == "OWN_RECORD"


def test_the_glass_is_broken_for_hours_and_a_review_is_due() -> None:
    who = {"actor": STRANGER.actor, "organisation": STRANGERS}
    given(DECIDER, REGISTERED).when(breaking(), **who).then(BROKEN)
    for hours in (0, 9):
        given(DECIDER, REGISTERED).when(breaking(hours), **who).refused(HoursMalformed)
    state = given(DECIDER, REGISTERED, BROKEN).state
    assert [each.finding for each in state.emergencies] == [""]


def test_an_emergency_opens_its_categories_to_one_reader_for_its_time() -> None:
    facts = (REGISTERED, BROKEN)

    def told(**changes: Any) -> tuple[str, str]:
        what: dict[str, Any] = {"of": entry(FAMILY), "who": STRANGER, "purpose": "casework", "at": NOW} | changes
        answer = decide(what["of"], what["who"], what["purpose"], facts, what["at"])
        return answer.outcome, answer.reason

    assert told() == ("full", "EMERGENCY")
    assert told(of=entry(FAMILY, sensitivity="confidential")) == ("full", "EMERGENCY")
    assert told(of=entry(FAMILY, sensitivity="protected")) == ("none", "SENSITIVITY_PROTECTED")
    assert told(of=entry(FAMILY, "health")) == ("stub", "BASIS_MISSING")
    assert told(purpose="treatment") == ("stub", "BASIS_MISSING")
    assert told(at=BROKEN.until) == ("none", "RELATION_MISSING")
    assert told(who=viewer(STRANGERS, person="colleague")) == ("none", "RELATION_MISSING")


def test_a_review_is_made_once_and_never_by_the_reader() -> None:
    reviewing = consents.ReviewBreakGlass(
        citizen=CITIZEN, emergency=BROKEN.emergency, finding="justified", note="Ambulance"
    )
    reviewed = BreakGlassReviewed(citizen=CITIZEN, emergency=BROKEN.emergency, finding="justified", note="Ambulance")
    given(DECIDER, REGISTERED).when(reviewing).refused(EmergencyUnknown)
    given(DECIDER, REGISTERED, BROKEN).when(reviewing, actor="mette").then(reviewed)
    given(DECIDER, REGISTERED, BROKEN, reviewed).when(reviewing, actor="mette").refused(ReviewedAlready)
    given(DECIDER, REGISTERED, BROKEN).when(reviewing, actor=BROKEN.reader).refused(ReviewOfOneself)


def test_nobody_breaks_the_glass_again_while_a_review_is_overdue() -> None:
    who = {"actor": BROKEN.reader, "organisation": STRANGERS}
    again = given(DECIDER, REGISTERED, BROKEN)
    assert again.when(breaking(), command_id=LATER, now=BROKEN.review_by - DAY, **who).events
    again.when(breaking(), command_id=LATER, now=BROKEN.review_by, **who).refused(ReviewOverdue)
    another = {"actor": "another", "organisation": STRANGERS}
    assert again.when(breaking(), command_id=LATER, now=BROKEN.review_by, **another).events


def test_a_repealed_reference_names_what_came_in_its_place() -> None:
    given(DECIDER, REGISTERED).when(stating(law="serviceloven-153")).refused(LawRepealed, replaced_by="barnets-lov-133")
    assert law_of("serviceloven-153", datetime(2023, 12, 31, tzinfo=UTC)).code == "serviceloven-153"


def test_an_alias_means_its_reference_while_it_is_dated_so() -> None:
    alias = next(each for each in BOOK.alias if each.code == "underretningspligt")
    inside = datetime.combine(alias.valid_from, datetime.min.time(), UTC)
    assert law_of(alias.code, inside).code == alias.law
    with pytest.raises(LawUnknown):
        law_of(alias.code, datetime.combine(alias.valid_until, datetime.min.time(), UTC))


def test_every_ground_of_articles_6_and_9_has_a_reference_and_reads_as_itself() -> None:
    grounds = {law.ground for law in LAWS.values()}
    assert grounds >= {"vital_interest", "legal_claim", "contract", "legal_obligation", "public_task", "made_public"}
    (stated,) = given(DECIDER, REGISTERED).when(stating(law="gdpr-vital-interest", case="")).events
    told = decide(entry(NGO, "health"), CASEWORKER, "casework", (REGISTERED, stated), NOW)
    assert (told.outcome, told.reason) == ("full", "BASIS_VITAL_INTEREST")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_consent_ends_at_its_utc_instant_across_a_change_of_clocks(day: str) -> None:
    """The nights on which Danish clocks change: the end is a moment, not a wall clock's reading."""
    here = ZoneInfo("Europe/Copenhagen")
    end = (datetime.fromisoformat(day) + DAY).replace(tzinfo=here)
    consent = msgspec.structs.replace(GIVEN, until=end.astimezone(UTC))
    a_moment = timedelta(microseconds=1)
    for at, outcome in ((end - a_moment, "full"), (end, "none")):
        told = decide(entry(FAMILY), MENTOR, "mentoring", (REGISTERED, consent), at.astimezone(UTC))
        assert told.outcome == outcome
