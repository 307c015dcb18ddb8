"""What a candidate may do and be told: nothing that says who the citizen is, before it has the referral."""

from typing import TYPE_CHECKING, Any, Final

import msgspec
from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.host.calls import Caller
from libs.host.repeats import unless_repeated
from libs.host.times import timestamp
from services.referrals.claiming import still_asked
from services.referrals.errors import ReferralUnknown
from services.referrals.handlers import bases_of, execute
from services.referrals.referral import REFERRAL, Based, Referral

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from services.referrals.service import Referrals

CANDIDACIES: Final = """
    SELECT id::text, purpose, categories, priority, reply_by, CASE
        WHEN recipient IS NULL AND status = 'requested' THEN 'open'
        WHEN recipient IS NOT NULL THEN 'taken' ELSE 'over' END AS standing
    FROM referral_candidates JOIN referral_lines ON id = referral
    WHERE organisation = %(organisation)s AND NOT declined AND reply_by IS NOT NULL
        AND recipient IS DISTINCT FROM organisation AND (%(referral)s::uuid IS NULL OR id = %(referral)s)
    ORDER BY recipient IS NULL AND status = 'requested' DESC, reply_by, id LIMIT 200
"""


def asked(service: "Referrals", request: Any, caller: Caller) -> Referral:
    """The referral, if the caller's organisation is one of those that are asked. Raises ReferralUnknown for others,
    and for one that is not requested yet, RoleMissing, AlreadyClaimed and AlreadyDeclined."""
    referral = service.log.load(REFERRAL, request.referral).state
    if not referral.reply_by or caller.organisation not in referral.candidates:
        raise ReferralUnknown(referral=request.referral)
    service.authorizer.require(caller, type(request).__name__, {"side": "candidate"})
    still_asked(referral, caller.organisation)
    return referral


def claim_referral(service: "Referrals", request: referrals.ClaimReferral, caller: Caller) -> common.Recorded:
    """The basis to be told is looked for again, as when one recipient accepts. Raises BasisMissing."""
    bases: tuple[str, ...] = ()
    with unless_repeated(service.log, caller):
        referral = asked(service, request, caller)
        bases = bases_of(service, msgspec.structs.replace(referral, recipient=caller.organisation), caller)
    return execute(service, request.referral, Based(request, bases), caller)


def decline_referral(service: "Referrals", request: referrals.DeclineReferral, caller: Caller) -> common.Recorded:
    with unless_repeated(service.log, caller):
        asked(service, request, caller)
    return execute(service, request.referral, request, caller)


def list_candidacies(
    service: "Referrals", question: referrals.ListCandidacies, caller: Caller
) -> referrals.CandidacyList:
    service.authorizer.require(caller, "ListCandidacies", {"side": ""})
    about = {"organisation": caller.organisation, "referral": question.referral or None}
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return referrals.CandidacyList(candidacies=[candidacy(row) for row in cursor.execute(CANDIDACIES, about)])


def candidacy(row: dict[str, Any]) -> referrals.Candidacy:
    if row["standing"] != "open":
        return referrals.Candidacy(referral=row["id"], standing=row["standing"])
    return referrals.Candidacy(
        referral=row["id"],
        standing=row["standing"],
        purpose=row["purpose"],
        categories=row["categories"],
        priority=row["priority"],
        reply_by=timestamp(row["reply_by"]),
    )


CANDIDACY_HANDLERS: "Final[Mapping[type[Message], Callable[[Referrals, Any, Caller], Message]]]" = {
    referrals.ClaimReferral: claim_referral,
    referrals.DeclineReferral: decline_referral,
}
CANDIDACY_QUERIES: "Final[Mapping[type[Message], Callable[[Referrals, Any, Caller], Message]]]" = {
    referrals.ListCandidacies: list_candidacies,
}
