"""What a consent of somebody else's becomes: the command that gives it here, under the same rules, or a refusal."""

from typing import Any, Final, get_args

import msgspec
import pytest

from libs.eventlog import Event, Recorded, derived_id
from libs.host.errors import RequestInvalid
from libs.host.service import vocabularies
from libs.host.validation import Rulebook
from libs.spec.sample import sample_record
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.errors import ConsentBlanket, DocumentUnacceptable, PeriodMalformed
from services.consents.events import ConsentInvalidated, ConsentRefused, ConsentRequested, ConsentWithdrawn
from services.consents.exports.formats import FORMATS, element_of, giving, read, written
from services.consents.exports.record import Change, ConsentRecord, Terms, record_of
from services.vocabulary import Category
from tests.consents.people import CASE, CITIZEN, CONSENT, DAY, FAMILY, GIVEN, REGISTERED

REQUEST: Final = derived_id(CONTEXT.command_id, "request")
ASKED: Final = ConsentRequested(
    citizen=CITIZEN,
    request=REQUEST,
    kind="gdpr_consent",
    grantee=GIVEN.grantee,
    purposes=GIVEN.purposes,
    categories=GIVEN.categories,
    since=NOW,
    until=GIVEN.until,
    notice_version="2026-1",
)
ANSWER: Final = msgspec.structs.replace(GIVEN, request=REQUEST)
WITHDRAWN: Final = ConsentWithdrawn(
    citizen=CITIZEN, consent=CONSENT, grantee=GIVEN.grantee, categories=GIVEN.categories, withdrawn=NOW + DAY
)
RENEWAL: Final = msgspec.structs.replace(GIVEN, consent=CASE, renews=CONSENT, since=NOW + 30 * DAY)
INVALIDATED: Final = ConsentInvalidated(
    citizen=CITIZEN,
    consent=CONSENT,
    grantee=GIVEN.grantee,
    categories=GIVEN.categories,
    ground="not_informed",
    invalidated=NOW + DAY,
)


def recorded(*events: Event) -> list[Recorded]:
    """A history: an event a day."""
    return [
        msgspec.structs.replace(
            sample_record(type(event)), event=event, time=NOW + day * DAY, organisation=FAMILY, subject=CITIZEN
        )
        for day, event in enumerate(events, -1)
    ]


HISTORY: Final = recorded(REGISTERED, GIVEN, WITHDRAWN)


def exported(*, events: int = 2, days: int = 0, **changes: Any) -> ConsentRecord:
    """The record of GIVEN, from the first events of HISTORY; with changes in its terms."""
    state = given(DECIDER, *(each.event for each in HISTORY[:events])).state
    basis = state.basis(CONSENT)
    assert basis is not None
    record = record_of(CITIZEN, CONSENT, basis.status(NOW + days * DAY), HISTORY[:events])
    return msgspec.structs.replace(record, terms=msgspec.structs.replace(record.terms, **changes))


def test_a_record_tells_what_the_log_tells() -> None:
    record = exported()
    assert (record.id, record.citizen, record.status, record.recorded_by) == (CONSENT, CITIZEN, "given", FAMILY)
    own = {name: getattr(GIVEN, name) for name in Terms.__struct_fields__ if hasattr(GIVEN, name)}
    assert {name: getattr(record.terms, name) for name in own} == own
    assert record.changes == (Change(state="given", time=NOW, how="written"),)


def test_a_record_tells_what_became_of_the_consent() -> None:
    assert exported(events=3, days=3).status == "withdrawn"
    assert exported(events=3).changes[1:] == (Change(state="withdrawn", time=NOW + DAY),)
    expired = exported(days=400)
    assert (expired.status, expired.changes[1:]) == ("expired", (Change(state="expired", time=GIVEN.until),))


@pytest.mark.parametrize(
    ("events", "consent", "status", "states"),
    [
        ((ASKED,), REQUEST, "requested", ["requested"]),
        (
            (ASKED, ConsentRefused(citizen=CITIZEN, request=REQUEST, grantee=GIVEN.grantee)),
            REQUEST,
            "refused",
            ["requested", "refused"],
        ),
        ((ASKED, ANSWER), CONSENT, "given", ["requested", "given"]),
        ((GIVEN, RENEWAL), CONSENT, "renewed", ["given", "renewed"]),
        ((GIVEN, RENEWAL), RENEWAL.consent, "given", ["given"]),
        ((GIVEN, INVALIDATED), CONSENT, "invalidated", ["given", "invalidated"]),
    ],
)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_way_of_a_consent_is_told_and_comes_back(
    format_: str, events: tuple[Event, ...], consent: str, status: str, states: list[str]
) -> None:
    record = record_of(CITIZEN, consent, status, recorded(REGISTERED, *events))
    assert ([each.state for each in record.changes], record.status) == (states, status)
    assert read(format_, written(format_, record)) == record
    renewal = '"dpv:RenewedConsentGiven"' in written("iso-27560", record)
    assert renewal is (consent == RENEWAL.consent)


def test_what_the_history_does_not_know_has_no_record() -> None:
    with pytest.raises(LookupError):
        record_of(CITIZEN, CASE, "given", HISTORY)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_consent_from_elsewhere_is_given_as_one_from_here(format_: str) -> None:
    command = giving(format_, written(format_, exported()), CITIZEN)
    Rulebook(vocabularies()).check(with_id(command))
    given(DECIDER, REGISTERED).when(command).then(GIVEN)
    assert derived_id(CONTEXT.command_id, "consent") == CONSENT


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"categories": get_args(Category)}, ConsentBlanket),
        ({"kind": "procedural_consent", "scope": ""}, ConsentBlanket),
        ({"until": NOW - DAY, "since": NOW - 2 * DAY}, PeriodMalformed),
        ({"until": NOW + DAY, "since": NOW + 2 * DAY}, PeriodMalformed),
    ],
)
def test_what_cannot_be_given_cannot_be_imported(format_: str, changes: dict[str, Any], refusal: Any) -> None:
    command = giving(format_, written(format_, exported(**changes)), CITIZEN)
    given(DECIDER, REGISTERED).when(command).refused(refusal)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grantee", "nobody"),
        ("sources", ("nobody",)),
        ("case", "nobody"),
        ("notice_version", "x" * 61),
        ("notice_version", " "),
        ("evidence_digest", "a" * 65),
    ],
)
def test_what_breaks_a_rule_of_a_field_is_named_by_its_element(format_: str, field: str, value: Any) -> None:
    changes = {"scope" if field == "case" else field: value}
    command = giving(format_, written(format_, exported(**changes)), CITIZEN)
    with pytest.raises(RequestInvalid) as no:
        Rulebook(vocabularies()).check(with_id(command))
    (violation,) = no.value.violations
    assert violation.field.startswith(field)
    assert element_of(format_, violation.field) == FORMATS[format_].ELEMENTS[field] != "$"


@pytest.mark.parametrize("format_", FORMATS)
def test_only_a_consent_that_stands_and_is_the_citizens_is_taken(format_: str) -> None:
    for record in (exported(events=3, days=3), exported(days=400)):
        refused(format_, record, "status")
    another = msgspec.structs.replace(exported(), citizen=CASE)
    refused(format_, another, "citizen")


@pytest.mark.parametrize("format_", FORMATS)
def test_what_goes_on_from_another_consent_is_not_taken_as_one_that_begins(format_: str) -> None:
    refused(format_, exported(replaces=CASE), "replaces")


@pytest.mark.parametrize("format_", FORMATS)
def test_a_consent_to_nothing_is_named_by_its_element(format_: str) -> None:
    refused(format_, exported(categories=()), "categories")


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_instant_in_another_zone_is_the_same(format_: str) -> None:
    document = written(format_, exported()).replace("2027-01-15T09:00:00Z", "2027-01-15T10:00:00+01:00")
    assert "+01:00" in document
    assert read(format_, document) == exported()


def refused(format_: str, record: ConsentRecord, field: str) -> None:
    with pytest.raises(DocumentUnacceptable) as no:
        giving(format_, written(format_, record), CITIZEN)
    assert no.value.details["element"] == FORMATS[format_].ELEMENTS[field]


def with_id(command: Any) -> Any:
    command.command.command_id = CONTEXT.command_id
    return command
