"""A consent is withdrawn: every referral that rests on it stops, whichever event its worker sees first."""

from threading import Barrier, Thread

import pytest
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.errors import Refused
from tests.referrals.mentoring import Mentoring, nothing_recorded
from tests.rpc.office import MARIA, MENTOR, Office

ORDERS = [("referrals", "consents"), ("consents", "referrals")]


@pytest.fixture
def mentoring(office: Office) -> Mentoring:
    return Mentoring(office)


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_not_accepted_is_taken_back(mentoring: Mentoring, order: tuple[str, str]) -> None:
    consent, referral = mentoring.consent(), mentoring.requested()
    mentoring.withdraw(consent)
    mentoring.see(*order)
    stopped = mentoring.referral(referral)
    assert (stopped.status, stopped.reason) == ("cancelled", "consent_withdrawn")


def test_what_was_taken_back_tells_its_recipient_no_more(mentoring: Mentoring) -> None:
    consent, referral = mentoring.consent(), mentoring.requested()
    mentoring.see("referrals")
    asked = mentoring.read(referral, MENTOR)
    mentoring.withdraw(consent)
    mentoring.see("consents", "referrals")
    for told in (mentoring.read(referral, MENTOR), mentoring.line(referral, "inbox", MENTOR)):
        assert (told.status, told.reason, told.sender) == ("cancelled", "consent_withdrawn", asked.sender)
        assert not any((told.citizen, told.case, told.purpose, told.categories, told.bases))
    assert mentoring.line(referral, "outbox", MARIA).citizen == asked.citizen == mentoring.citizen
    about = referrals.ListReferrals(box="inbox", citizen=mentoring.citizen)
    assert not mentoring.office.ask(about, referrals.ReferralList, MENTOR).referrals


def test_nobody_accepts_what_is_about_to_be_taken_back(mentoring: Mentoring) -> None:
    """The worker has not seen the withdrawal yet."""
    consent, referral = mentoring.consent(), mentoring.requested()
    mentoring.withdraw(consent)
    with pytest.raises(Refused) as refused:
        mentoring.office.send(referrals.AcceptReferral(referral=referral), MENTOR)
    assert refused.value.reason == "BASIS_MISSING"
    assert mentoring.referral(referral).status == "requested"


def test_a_consent_that_was_never_valid_stops_what_rests_on_it(mentoring: Mentoring) -> None:
    consent, referral = mentoring.consent(), mentoring.accepted()
    found = consents.InvalidateConsent(citizen=mentoring.citizen, consent=consent, ground="not_freely_given")
    mentoring.office.send(found, MARIA)
    mentoring.see("referrals", "consents")
    assert mentoring.referral(referral).status == "on-hold"


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_under_way_waits_until_there_is_a_basis_again(mentoring: Mentoring, order: tuple[str, str]) -> None:
    consent, referral = mentoring.consent(), mentoring.accepted()
    mentoring.withdraw(consent)
    mentoring.see(*order)
    held = mentoring.referral(referral)
    assert (held.status, held.reason, list(held.bases)) == ("on-hold", "consent_withdrawn", [consent])
    start = referrals.StartReferral(referral=referral)
    with pytest.raises(Refused) as refused:
        mentoring.office.send(start, MENTOR)
    assert refused.value.reason == "BASIS_MISSING"
    again = mentoring.consent()
    mentoring.office.send(start, MENTOR)
    started = mentoring.referral(referral)
    assert (started.status, started.reason, list(started.bases)) == ("in-progress", "", [again])
    mentoring.withdraw(again)
    mentoring.see(*order)
    assert mentoring.referral(referral).status == "on-hold"


def test_the_withdrawal_is_seen_before_the_request_is_even_recorded(mentoring: Mentoring) -> None:
    """consents says yes; the consent is withdrawn, and that is consumed; only then is the request recorded."""
    consent, referral = mentoring.consent(), mentoring.drafted()
    mentoring.see("referrals")
    request = referrals.RequestReferral(referral=referral)
    asking = Thread(target=mentoring.office.send, args=[request, MARIA])
    with nothing_recorded(mentoring.office) as wait:
        asking.start()
        wait()
        mentoring.withdraw(consent)
        mentoring.see("consents")
    asking.join()
    assert mentoring.referral(referral).status == "requested"
    mentoring.see("referrals")
    assert mentoring.referral(referral).status == "cancelled"


def test_both_sources_at_once(office: Office) -> None:
    """Side by side, twenty times: none is missed, and none is stopped twice."""
    for _ in range(20):
        mentoring = Mentoring(office)
        consent, referral = mentoring.consent(), mentoring.requested()
        mentoring.withdraw(consent)
        begin = Barrier(2)

        def see(source: str, mentoring: Mentoring = mentoring, begin: Barrier = begin) -> None:
            begin.wait()
            mentoring.see(source)

        threads = [Thread(target=see, args=[source]) for source in ORDERS[0]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert mentoring.history(referral) == ["ReferralDrafted", "ReferralRequested", "ReferralCancelled"]


def test_a_withdrawal_seen_again_stops_nothing_that_goes_on_since(mentoring: Mentoring) -> None:
    consent, referral = mentoring.consent(), mentoring.accepted()
    mentoring.withdraw(consent)
    mentoring.see("consents", "referrals")
    mentoring.see_withdrawals_again()
    assert mentoring.history(referral).count("ReferralHeld") == 1
    mentoring.consent()
    mentoring.office.send(referrals.StartReferral(referral=referral), MENTOR)
    mentoring.see_withdrawals_again()
    mentoring.see("referrals")
    mentoring.see_withdrawals_again()
    assert mentoring.referral(referral).status == "in-progress"


def test_what_it_does_not_need_is_withdrawn_and_then_what_it_needs(mentoring: Mentoring) -> None:
    """What is left of a consent is a new one. The referral rests on the first, and is still found."""
    consent, referral = mentoring.consent("family", "housing", "health", "education"), mentoring.accepted()
    for category in ("health", "education"):
        consent = mentoring.withdraw(consent, category)
    mentoring.see("referrals", "consents")
    assert mentoring.referral(referral).status == "accepted"
    mentoring.withdraw(consent, "housing")
    mentoring.see("consents")
    assert mentoring.referral(referral).status == "on-hold"


def test_a_chain_of_withdrawals_that_were_all_seen_first(mentoring: Mentoring) -> None:
    consent = mentoring.consent("family", "housing", "health", "education")
    waits, over = mentoring.accepted(), mentoring.accepted()
    mentoring.office.send(referrals.CompleteReferral(referral=over, outcome="goal_reached"), MENTOR)
    for category in ("health", "education", "family"):
        consent = mentoring.withdraw(consent, category)
    mentoring.see("consents", "referrals")
    assert mentoring.referral(waits).status == "on-hold"
    assert mentoring.referral(over).status == "completed"


def test_another_citizens_withdrawal_stops_nothing(mentoring: Mentoring, office: Office) -> None:
    other = Mentoring(office)
    mentoring.consent()
    referral = mentoring.accepted()
    other.withdraw(other.consent())
    mentoring.see("consents", "referrals")
    assert mentoring.referral(referral).status == "accepted"


@pytest.mark.parametrize("order", ORDERS)
def test_a_renewal_holds_nothing_and_its_withdrawal_does(mentoring: Mentoring, order: tuple[str, str]) -> None:
    consent, referral = mentoring.consent(), mentoring.accepted()
    renewal = mentoring.renew(consent)
    mentoring.see(*order)
    assert mentoring.referral(referral).status == "accepted"
    mentoring.withdraw(renewal)
    mentoring.see(*order)
    assert mentoring.referral(referral).status == "on-hold"
