"""The legal states of the matrix: one citizen for each, and all organisations of `READING` in that state with them."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from samspor.consents.v1 import consents_pb2 as consents

from tests.promises.matrix_file import CONSENTED, DAY, File
from tests.promises.matrix_people import (
    AUNT,
    CLINIC,
    COORDINATOR,
    FATHER,
    KIND_OF,
    MOTHER,
    OPENER,
    READING,
    REGISTRAR,
    law_for,
    member,
)
from tests.promises.oracle import Lasting

SHORT: Final = timedelta(seconds=3)
"""How long something is good for that is over when anybody reads."""
SENSITIVE: Final = ("health", "crime")


def in_between(begins: timedelta, ends: timedelta) -> Lasting:
    now = datetime.now(UTC)
    return Lasting(now + begins, now + ends)


def soon_over() -> Lasting:
    return in_between(-DAY, SHORT)


def to_come() -> Lasting:
    return in_between(DAY, 2 * DAY)


def nothing(file: File) -> None: ...


def statutory(file: File) -> None:
    for each in READING.values():
        file.law(each)


def statutory_expired(file: File) -> None:
    for each in READING.values():
        file.law(each, soon_over())


def statutory_awaited(file: File) -> None:
    for each in READING.values():
        file.law(each, to_come())


def statutory_ended(file: File) -> None:
    for each in READING.values():
        file.law(each, ended=True)


def statutory_repealed(file: File) -> None:
    """Stated for a time when the law was in force, and without an end."""
    for kind in ("municipal_department", "education", "treatment", "region"):
        file.law(READING[kind], Lasting(datetime(2020, 1, 1, tzinfo=UTC)), law="serviceloven-153")


def taking_part(file: File) -> None:
    for each in READING.values():
        file.join(each, law_for(KIND_OF[each]))


def consented(file: File) -> None:
    for each in READING.values():
        file.consent(each)


def consented_for_a_case(file: File) -> None:
    for each in READING.values():
        file.consent(each, case=file.case, sources=(CLINIC,))


def consent_expired(file: File) -> None:
    for each in READING.values():
        file.consent(each, soon_over())


def consent_awaited(file: File) -> None:
    for each in READING.values():
        file.consent(each, to_come())


def consent_withdrawn(file: File) -> None:
    for each in READING.values():
        consent = file.consent(each, ended=True)
        file.send(consents.WithdrawConsent(citizen=file.citizen, consent=consent), file.oneself())


def consent_withdrawn_in_part(file: File) -> None:
    """The rest goes on as a consent of its own; the oracle is told of that one, and that the first has ended."""
    for each in READING.values():
        consent = file.consent(each, ended=True)
        withdrawal = consents.WithdrawConsent(citizen=file.citizen, consent=consent, categories=SENSITIVE)
        file.send(withdrawal, file.oneself())
        first = file.grounds[-1]
        kept = tuple(category for category in CONSENTED if category not in SENSITIVE)
        rest = Lasting(first.lasts.since, first.lasts.until)
        file.grounds.append(type(first)(each, rest, kept, first.purposes))


def consent_invalid(file: File) -> None:
    for each in READING.values():
        consent = file.consent(each, ended=True)
        invalid = consents.InvalidateConsent(citizen=file.citizen, consent=consent, ground="not_informed")
        file.send(invalid, COORDINATOR)


def consent_requested(file: File) -> None:
    for each in READING.values():
        asking = consents.RequestConsent(
            citizen=file.citizen,
            kind="gdpr_consent",
            grantee=each,
            purposes=["casework"],
            categories=CONSENTED,
            notice_version="1",
        )
        asking.period.until.FromDatetime(datetime.now(UTC) + DAY)
        file.send(asking, COORDINATOR)


def consent_for_anything(file: File) -> None:
    """A consent that says `audit` and `own_access` makes nobody an auditor, nor a citizen."""
    for each in READING.values():
        file.consent(each, purposes=("casework", "audit", "own_access"))


def blocked(file: File) -> None:
    consented(file)
    for each in READING.values():
        file.block(each)


def blocked_categories(file: File) -> None:
    consented(file)
    file.block(categories=SENSITIVE)


def blocked_despite_law(file: File) -> None:
    statutory(file)
    consented(file)
    for each in READING.values():
        file.block(each)


def broken_glass(file: File) -> None:
    for each in READING.values():
        for role in ("caseworker", "coordinator"):
            file.break_glass(member(each, role))


def audited(file: File) -> None:
    for each in READING.values():
        file.law(each, law="audit")


def represented(file: File) -> None:
    file.appoint(MOTHER, in_between(-DAY, DAY))
    file.appoint(FATHER, in_between(-DAY, DAY), ended=True)
    file.appoint(AUNT, to_come())


def restricted(file: File) -> None:
    consented(file)
    statutory(file)
    file.restrict((OPENER, REGISTRAR))


STATES: Final[dict[str, Callable[[File], None]]] = {
    made.__name__: made
    for made in (
        nothing,
        statutory,
        statutory_expired,
        statutory_awaited,
        statutory_ended,
        statutory_repealed,
        taking_part,
        consented,
        consented_for_a_case,
        consent_expired,
        consent_awaited,
        consent_withdrawn,
        consent_withdrawn_in_part,
        consent_invalid,
        consent_requested,
        consent_for_anything,
        blocked,
        blocked_categories,
        blocked_despite_law,
        broken_glass,
        audited,
        represented,
        restricted,
    )
}


def make(file: File, categories: Iterable[str]) -> File:
    """The citizen of a state. What is short has ended when SHORT has passed."""
    file.begin()
    STATES[file.state](file)
    file.write(categories)
    return file
