"""Consents to mentoring, and referrals that rest on them."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import psycopg
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.bus.received import Received
from libs.eventlog import derived_id, new_id
from libs.host.service import Runtime, find
from libs.host.times import period
from tests.rpc.office import MARIA, MENTOR, NGO, Office, Person

NEEDED: Final = ("family", "housing")
"""What the mentor is told about."""
PATIENCE: Final = 10.0
"""Seconds."""


class Mentoring:
    """A citizen of one's own in a shared office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.citizen = office.citizen(new_id())

    def consent(self, *categories: str) -> str:
        command, command_id = consents.GiveConsent(citizen=self.citizen, kind="gdpr_consent", grantee=NGO), str(uuid4())
        command.purposes.append("mentoring")
        command.categories.extend(categories or NEEDED)
        command.period.CopyFrom(period(None, datetime.now(UTC) + timedelta(days=365)))
        command.given_how, command.notice_version = "written", "2026-1"
        self.office.send(command, MARIA, command_id)
        return derived_id(command_id, "consent")

    def withdraw(self, consent: str, *categories: str) -> str:
        """What is left of the consent, if anything is."""
        command, command_id = consents.WithdrawConsent(citizen=self.citizen, consent=consent), str(uuid4())
        command.categories.extend(categories)
        self.office.send(command, MARIA, command_id)
        return derived_id(command_id, "successor")

    def renew(self, consent: str) -> str:
        """The consent that goes on from it at once."""
        command, command_id = consents.GiveConsent(citizen=self.citizen, kind="gdpr_consent", grantee=NGO), str(uuid4())
        command.renews = consent
        command.purposes.append("mentoring")
        command.categories.extend(NEEDED)
        command.period.CopyFrom(period(None, datetime.now(UTC) + timedelta(days=700)))
        command.given_how, command.notice_version = "written", "2026-1"
        self.office.send(command, MARIA, command_id)
        return derived_id(command_id, "consent")

    def invalidate(self, consent: str) -> None:
        command = consents.InvalidateConsent(citizen=self.citizen, consent=consent, ground="not_informed")
        self.office.send(command, MARIA)

    def drafted(self) -> str:
        command = referrals.DraftReferral(citizen=self.citizen, recipient=NGO, purpose="mentoring", reason="A mentor")
        command.categories.extend(NEEDED)
        return self.office.send(command, MARIA).id

    def requested(self) -> str:
        return self.office.send(referrals.RequestReferral(referral=self.drafted()), MARIA).id

    def accepted(self) -> str:
        return self.office.send(referrals.AcceptReferral(referral=self.requested()), MENTOR).id

    def referral(self, referral: str) -> referrals.Referral:
        return self.read(referral, MARIA)

    def read(self, referral: str, by: Person) -> referrals.Referral:
        return self.office.ask(referrals.GetReferral(referral=referral), referrals.Referral, by)

    def line(self, referral: str, box: str, by: Person) -> referrals.Referral:
        """The referral as a list has it."""
        listed = self.office.ask(referrals.ListReferrals(box=box), referrals.ReferralList, by)
        return next(each for each in listed.referrals if each.id == referral)

    def history(self, referral: str) -> list[str]:
        """Names of the referral's events."""
        query = "SELECT type FROM events WHERE stream = %(stream)s ORDER BY version"
        return [name.split(".")[1] for (name,) in self.office.rows("referrals", query, {"stream": referral})]

    def see(self, *sources: str) -> None:
        """What the worker of referrals does with all that is new of each source, in this order."""
        for source in sources:
            self.office.turn("referrals", source)

    def see_withdrawals_again(self) -> None:
        """As after a backup of the database was restored."""
        (service,) = find(["referrals"])
        rows = self.office.rows("consents", "SELECT position, body FROM events ORDER BY position")
        events = [Received(position, bytes(body)) for position, body in rows]
        with (
            closing(Runtime(service, self.office.settings)) as runtime,
            runtime.pool.connection() as connection,
            connection.transaction(),
        ):
            service.consumes["consents"](service.compose(runtime), connection, events)


@contextmanager
def nothing_recorded(office: Office) -> Iterator[Callable[[], None]]:
    """Meanwhile referrals records nothing. What it gives waits until a command is decided and would be recorded."""
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid))"
    with psycopg.connect(office.settings.database_of("referrals")) as connection:
        connection.execute("SELECT position FROM counter FOR UPDATE")

        def wait() -> None:
            deadline = time.monotonic() + PATIENCE
            while connection.execute(blocked, [connection.info.backend_pid]).fetchone() == (0,):
                assert time.monotonic() < deadline, "no command came as far as being recorded"
                time.sleep(0.01)

        yield wait
