"""What may follow what: FHIR R4 Task.status as DOMAIN section 3 has it, and the command and event of each step."""

from collections.abc import Mapping
from typing import Final

from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Event
from services.referrals.events import (
    PlaceOffered,
    ReferralAccepted,
    ReferralCancelled,
    ReferralClaimed,
    ReferralCompleted,
    ReferralFailed,
    ReferralHeld,
    ReferralMarkedInError,
    ReferralReadied,
    ReferralReceived,
    ReferralRejected,
    ReferralRequested,
    ReferralStarted,
    ReferralWaitListed,
)

IN_ERROR: Final = "entered-in-error"
TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"draft"}),
    "draft": frozenset({"requested", "cancelled", IN_ERROR}),
    "requested": frozenset({"received", "accepted", "rejected", "cancelled", IN_ERROR}),
    "received": frozenset({"accepted", "rejected", "cancelled", IN_ERROR}),
    "accepted": frozenset({"ready", "in-progress", "on-hold", "cancelled", "completed", "failed", IN_ERROR}),
    "ready": frozenset({"in-progress", "on-hold", "cancelled", "completed", "failed", IN_ERROR}),
    "in-progress": frozenset({"completed", "failed", "on-hold", IN_ERROR}),
    "on-hold": frozenset({"in-progress", "cancelled", "completed", "failed", IN_ERROR}),
    **dict.fromkeys(("rejected", "cancelled", "completed", "failed"), frozenset({IN_ERROR})),
    IN_ERROR: frozenset(),
}
"""From each status to those that may follow (DOMAIN section 3)."""

STEPS: Final[Mapping[type, tuple[str, type[Event]]]] = {
    referrals.RequestReferral: ("requested", ReferralRequested),
    referrals.AcknowledgeReferral: ("received", ReferralReceived),
    referrals.WaitListReferral: ("received", ReferralWaitListed),
    referrals.AcceptReferral: ("accepted", ReferralAccepted),
    referrals.RejectReferral: ("rejected", ReferralRejected),
    referrals.ReadyReferral: ("ready", ReferralReadied),
    referrals.StartReferral: ("in-progress", ReferralStarted),
    referrals.HoldReferral: ("on-hold", ReferralHeld),
    referrals.CompleteReferral: ("completed", ReferralCompleted),
    referrals.FailReferral: ("failed", ReferralFailed),
    referrals.CancelReferral: ("cancelled", ReferralCancelled),
    referrals.MarkReferralInError: (IN_ERROR, ReferralMarkedInError),
}
"""Command -> the status it asks for, and the event that gives it."""
STATUSES: Final[Mapping[str, str]] = {
    **{event.type: status for status, event in STEPS.values()},
    ReferralClaimed.type: "accepted",
}
"""Event type -> the status it gives."""

BUSINESS: Final[Mapping[str, str]] = {ReferralWaitListed.type: "waitlisted", PlaceOffered.type: "offered"}
"""Event type -> what it says beside the status, until the next step."""
