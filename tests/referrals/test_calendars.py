"""Calendars read deadlines at a secret address, until it is closed: their own, or their organisation's; of nobody."""

from typing import Final

import pytest
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import new_id
from libs.host.errors import Refused
from libs.spec.scenario import CONTEXT, given
from services.referrals.calendar import CALENDAR, CalendarClosed, CalendarOpened, Open
from services.referrals.errors import CalendarUnknown
from services.referrals.token import digest_of
from tests.referrals.mentoring import Mentoring
from tests.rpc.office import FAMILY, MARIA, MENTOR, STRANGER, Office, Person

HOLDER: Final = Person("calendar", "", "calendar")
ANNA: Final = Person("anna", FAMILY, "caseworker")
OWN: Final = CalendarOpened(owner=CONTEXT.organisation, person=CONTEXT.actor, whose="own", digest="d")


def test_one_s_own_is_closed_by_oneself_and_the_organisation_s_by_its_people() -> None:
    close = referrals.CloseCalendar()
    given(CALENDAR).when(Open("own", "d")).then(OWN)
    given(CALENDAR, OWN).when(close).then(CalendarClosed())
    given(CALENDAR, OWN, CalendarClosed()).when(close).then()
    colleague = CalendarOpened(owner=CONTEXT.organisation, person="another", whose="own", digest="d")
    given(CALENDAR, colleague).when(close).refused(CalendarUnknown)
    shared = CalendarOpened(owner=CONTEXT.organisation, person="another", whose="organisation", digest="d")
    given(CALENDAR, shared).when(close).then(CalendarClosed())
    theirs = CalendarOpened(owner=new_id(), person=CONTEXT.actor, whose="organisation", digest="d")
    given(CALENDAR, theirs).when(close).refused(CalendarUnknown)
    given(CALENDAR).when(close).refused(CalendarUnknown)


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    mentoring = Mentoring(office)
    mentoring.consent()
    return mentoring


def opened(office: Office, person: Person, whose: str) -> referrals.Calendar:
    made = office.send(referrals.OpenCalendar(whose=whose), person).id
    office.catch_up()
    return next(each for each in listed(office, person) if each.id == made)


def listed(office: Office, person: Person) -> list[referrals.Calendar]:
    return list(office.ask(referrals.ListCalendars(), referrals.CalendarList, person).calendars)


def read(office: Office, token: str) -> dict[str, referrals.Referral]:
    found = office.ask(referrals.ReadCalendar(token=token), referrals.ReferralList, HOLDER).referrals
    return {one.id: one for one in found}


def test_a_calendar_has_what_its_owner_waits_for_and_nothing_about_anybody(
    office: Office, mentoring: Mentoring
) -> None:
    owners = ((MARIA, "own"), (ANNA, "own"), (ANNA, "organisation"), (MENTOR, "own"), (STRANGER, "organisation"))
    tokens = [opened(office, person, whose).token for person, whose in owners]
    referral = mentoring.requested()
    office.catch_up()
    assert [referral in read(office, token) for token in tokens] == [True, False, True, True, False]
    told = read(office, tokens[0])[referral]
    names = {field.name for field, _ in told.ListFields()}
    assert names == {"id", "version", "status", "changed", "acknowledge_by", "reply_by"}


def test_a_closed_address_and_one_that_was_made_up_are_the_same(office: Office) -> None:
    calendar = opened(office, MARIA, "own")
    office.send(referrals.CloseCalendar(calendar=calendar.id), MARIA)
    office.catch_up()
    assert calendar.id not in [each.id for each in listed(office, MARIA)]
    refusals = []
    for token in (calendar.token, "x" * 43):
        with pytest.raises(Refused) as no:
            read(office, token)
        refusals.append((no.value.kind, no.value.reason, no.value.message))
    assert refusals[0] == refusals[1]


def test_the_address_is_kept_as_its_digest_and_nobody_else_is_shown_it(office: Office) -> None:
    calendar = opened(office, MARIA, "own")
    rows = office.rows("referrals", "SELECT digest FROM calendars WHERE id = %(id)s", {"id": calendar.id})
    assert rows == [(digest_of(calendar.token),)]
    bodies = office.rows("referrals", "SELECT body FROM events WHERE stream = %(id)s", {"id": calendar.id})
    assert calendar.token not in str(bodies)
    for person in (ANNA, MENTOR, MARIA._replace(organisation=STRANGER.organisation)):
        assert calendar.id not in [each.id for each in listed(office, person)]


def test_the_role_of_an_address_is_good_for_nothing_else(office: Office) -> None:
    for question in (referrals.ListCalendars(), referrals.ListReferrals(box="inbox")):
        with pytest.raises(Refused) as no:
            office.ask(question, referrals.CalendarList, HOLDER)
        assert no.value.reason == "ROLE_MISSING"
