"""What becomes of referrals, from the request on; and what their recipients do without being users."""

from typing import Final

from samspor.referrals.v1 import referrals_pb2 as referrals

from tests.referrals.replies import HOLDER
from tests.rpc.asking import asking, open_a_service
from tests.rpc.claims import asking_several, give_consent_to_school
from tests.rpc.links import answering, find_delivery, introduce_ngo, receive
from tests.rpc.office import ADMIN, MARIA, MENTOR, NGO, TEACHER, oneself
from tests.rpc.step import Step


def drafting(known: dict[str, str]) -> referrals.DraftReferral:
    return referrals.DraftReferral(
        citizen=known["citizen"],
        recipient=NGO,
        purpose="mentoring",
        categories=["family", "housing"],
        reason="A mentor",
    )


REFERRAL_STEPS: Final[dict[str, Step]] = {
    "request": Step(MARIA, lambda known: referrals.RequestReferral(referral=known["referral"])),
    "acknowledge receipt": Step(MENTOR, lambda known: referrals.AcknowledgeReferral(referral=known["referral"])),
    "accept": Step(MENTOR, lambda known: referrals.AcceptReferral(referral=known["referral"], note="Welcome")),
    "ready": Step(MENTOR, lambda known: referrals.ReadyReferral(referral=known["referral"], note="Bo, on Mondays")),
    "start": Step(MENTOR, lambda known: referrals.StartReferral(referral=known["referral"])),
    "report": Step(
        MENTOR, lambda known: referrals.ReportContact(referral=known["referral"], category="family", text="Met")
    ),
    "hold": Step(
        MENTOR, lambda known: referrals.HoldReferral(referral=known["referral"], reason="citizen_ill", note="Flu")
    ),
    "complete": Step(
        MENTOR, lambda known: referrals.CompleteReferral(referral=known["referral"], outcome="goal_reached")
    ),
    "draft another": Step(MARIA, drafting, "rejected"),
    "request another": Step(MARIA, lambda known: referrals.RequestReferral(referral=known["rejected"])),
    "reject": Step(
        MENTOR, lambda known: referrals.RejectReferral(referral=known["rejected"], reason="no_capacity", note="Full")
    ),
    "mark in error": Step(
        MARIA, lambda known: referrals.MarkReferralInError(referral=known["rejected"], reason="wrong_recipient")
    ),
    "draft a failing": Step(MARIA, drafting, "failed"),
    "request a failing": Step(MARIA, lambda known: referrals.RequestReferral(referral=known["failed"])),
    "wait-list": Step(MENTOR, lambda known: referrals.WaitListReferral(referral=known["failed"])),
    "offer": Step(MENTOR, lambda known: referrals.OfferPlace(referral=known["failed"])),
    "accept a failing": Step(
        MENTOR, lambda known: referrals.AcceptReferral(referral=known["failed"], reason="place_free")
    ),
    "fail": Step(
        MENTOR, lambda known: referrals.FailReferral(referral=known["failed"], reason="not_reached", note="Moved")
    ),
    "draft a third": Step(MARIA, drafting, "cancelled"),
    "cancel": Step(
        MARIA, lambda known: referrals.CancelReferral(referral=known["cancelled"], reason="sent_by_mistake")
    ),
    "draft for several": Step(MARIA, asking_several, "several", before=give_consent_to_school),
    "request of several": Step(MARIA, lambda known: referrals.RequestReferral(referral=known["several"])),
    "decline": Step(TEACHER, lambda known: referrals.DeclineReferral(referral=known["several"], reason="no_capacity")),
    "claim": Step(MENTOR, lambda known: referrals.ClaimReferral(referral=known["several"])),
    "register webhook": Step(
        ADMIN, lambda _: referrals.RegisterWebhook(url="https://inbox.example.org/samspor"), "webhook"
    ),
    "rotate secret": Step(ADMIN, lambda known: referrals.RotateWebhookSecret(webhook=known["webhook"])),
    "pause webhook": Step(ADMIN, lambda known: referrals.PauseWebhook(webhook=known["webhook"])),
    "resume webhook": Step(ADMIN, lambda known: referrals.ResumeWebhook(webhook=known["webhook"])),
    "draft for a link": Step(MARIA, drafting, "linked", before=introduce_ngo),
    "request by link": Step(MARIA, lambda known: referrals.RequestReferral(referral=known["linked"])),
    "ask for a link": Step(HOLDER, lambda known: referrals.RenewReplyLink(token=known["token"]), before=receive),
    "answer by link": Step(HOLDER, answering),
    "resend": Step(
        ADMIN,
        lambda known: referrals.ResendDelivery(webhook=known["webhook"], delivery=known["delivery"]),
        before=find_delivery,
    ),
    "open calendar": Step(MARIA, lambda _: referrals.OpenCalendar(whose="own"), "calendar"),
    "close calendar": Step(MARIA, lambda known: referrals.CloseCalendar(calendar=known["calendar"])),
    "end webhook": Step(ADMIN, lambda known: referrals.EndWebhook(webhook=known["webhook"])),
    "revoke links": Step(MARIA, lambda known: referrals.RevokeReplyLinks(referral=known["linked"])),
    "ask for help": Step(oneself(""), asking, "asked help", before=open_a_service),
}
