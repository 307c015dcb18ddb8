"""A referral that several organisations are asked at once."""

from collections.abc import Sequence
from datetime import timedelta

from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.times import period
from libs.spec.scenario import NOW
from tests.rpc.office import MARIA, NGO, SCHOOL, Office


def asking_several(known: dict[str, str], candidates: Sequence[str] = (NGO, SCHOOL)) -> referrals.DraftReferral:
    return referrals.DraftReferral(
        citizen=known["citizen"],
        candidates=candidates,
        purpose="mentoring",
        categories=["family", "housing"],
        reason="A mentor",
        priority="urgent",
    )


def give_consent_to_school(office: Office, known: dict[str, str]) -> None:
    give_consent(office, known, SCHOOL)


def give_consent(office: Office, known: dict[str, str], grantee: str) -> None:
    command = consents.GiveConsent(
        citizen=known["citizen"],
        kind="gdpr_consent",
        grantee=grantee,
        purposes=["mentoring"],
        categories=["family", "housing"],
        period=period(None, NOW + timedelta(days=365)),
        given_how="written",
        notice_version="2026-1",
    )
    office.send(command, MARIA)
