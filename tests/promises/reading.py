"""Who can read, and what stays behind: ciphertext everywhere, a record for every look, nothing after a withdrawal."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from psycopg import sql
from psycopg.types.string import TextLoader
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from cli.desk import Desk, Person
from deploy.local.platform import Platform
from deploy.local.postgres import SERVICES
from libs.eventlog import Log
from libs.host.errors import Refused
from libs.host.settings import Settings
from libs.host.times import period
from libs.spec.platforms import settings_of
from services.consents.control.finding import finding_id
from services.consents.events import EVENTS
from tests.promises.asking import Asker
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.workload import LAW, SUBJECT, UNIT, WORKER
from tests.rpc.office import Person as Looker
from tests.rpc.planted import QUIET, look

NGO: Final = Person("promise-ngo-worker", "7e570000-0000-7000-8000-000000000002", "ngo_worker")
COORDINATOR: Final = Person("promise-coordinator", UNIT, "coordinator")
CANARY: Final = "kanariefugl"


class Writer:
    """Fills every personal field of every command with a canary of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.canaries: list[str] = []

    def canary(self) -> str:
        """A text that occurs nowhere else."""
        self.canaries.append(f"{CANARY}{uuid4().hex}")
        return self.canaries[-1]

    def send(self, command: Message, person: Person = WORKER) -> str:
        return self._desk.send(command, person, command_id=str(uuid4())).id

    def register(self) -> str:
        identifier = consents.Identifier(system="urn:samspor:promise", value=self.canary())
        request = consents.RegisterCitizen(
            identifier=identifier, name=self.canary(), address=self.canary(), phone=self.canary()[:40]
        )
        self.canaries[-1] = request.phone
        return self.send(request)

    def case(self, citizen: str) -> str:
        return self.send(
            cases.OpenCase(
                citizen=citizen, subject_code=SUBJECT, title=self.canary(), legal_basis=LAW, category="family"
            )
        )

    def everything_in(self, case: str) -> None:
        due = soon()
        for command in (
            cases.WriteNote(case=case, category="housing", text=self.canary()),
            cases.PlanAction(case=case, title=self.canary(), owner=UNIT, due=due),
            cases.RecordDecision(case=case, category="family", legal_text=self.canary(), plain_text=self.canary()),
            cases.SuspendCase(case=case, reason=self.canary()),
            cases.ResumeCase(case=case),
            cases.CloseCase(case=case, result="goal_reached"),
            cases.ReopenCase(case=case, reason=self.canary()),
        ):
            self.send(command)

    def consent(self, citizen: str, *categories: str) -> str:
        request = consents.GiveConsent(
            citizen=citizen,
            kind="gdpr_consent",
            grantee=NGO.organisation,
            purposes=["mentoring"],
            categories=categories,
            period=common.Period(until=soon()),
            given_how="written",
            notice_version="1",
        )
        self.send(request)
        bases = self._desk.ask(consents.ListBases(citizen=citizen), consents.BasisList, WORKER).bases
        return next(each.id for each in bases if each.status == "given")

    def requested(self, citizen: str, case: str) -> str:
        """A referral to the NGO that awaits its answer."""
        draft = referrals.DraftReferral(
            citizen=citizen,
            case=case,
            recipient=NGO.organisation,
            purpose="mentoring",
            categories=["housing"],
            reason=self.canary(),
        )
        return self.send(referrals.RequestReferral(referral=self.send(draft)))

    def referral(self, citizen: str, case: str) -> None:
        referral = self.requested(citizen, case)
        self.send(referrals.AcceptReferral(referral=referral, note=self.canary()), NGO)
        self.send(referrals.StartReferral(referral=referral), NGO)
        self.send(referrals.ReportContact(referral=referral, category="housing", text=self.canary()), NGO)
        done = referrals.CompleteReferral(referral=referral, outcome="goal_reached", note=self.canary())
        self.send(done, NGO)
        rejected = self.requested(citizen, case)
        self.send(referrals.RejectReferral(referral=rejected, reason="no_capacity", note=self.canary()), NGO)

    def control(self, log: Log, citizen: str) -> None:
        """Staff as citizens, and a note on what somebody looked at on a Saturday."""
        saturday, day = QUIET + timedelta(days=3), timedelta(days=1)
        identifier = consents.Identifier(system="urn:samspor:promise", value=self.canary())
        staff = consents.RegisterStaffIdentity(person=WORKER.person, identifier=identifier, address=self.canary())
        self.send(staff, COORDINATOR)
        access = look(log, Looker(WORKER.person, UNIT, WORKER.role), citizen, saturday)
        self.send(consents.RunControl(organisation=UNIT, period=period(saturday, saturday + day)), COORDINATOR)
        finding = finding_id(access, "outside_hours")
        self.send(consents.AssessFinding(finding=finding, assessment="unclear", note=self.canary()), COORDINATOR)


def finds_no_plain_text(platform: Platform, full: bool) -> Figure:
    """A canary in every personal field; then every table, queue, log and trace is searched for them."""
    rounds = 20 if full else 1
    settings = settings_of(platform)
    with Desk(settings) as desk, closing(Log("consents", settings.database_of("consents"), EVENTS)) as log:
        writer = Writer(desk)
        for _ in range(rounds):
            citizen = writer.register()
            case = writer.case(citizen)
            writer.consent(citizen, "housing")
            writer.everything_in(case)
            writer.referral(citizen, case)
            writer.control(log, citizen)
        arrived = settled(settings)
        shown = read(desk, citizen, WORKER).entries
    readable = sum(CANARY in text for entry in shown for text in entry.personal.values())
    hits = sorted({place for place, content in everything_kept(platform, settings) if CANARY.encode() in content})
    traced = (platform.folder / "spans.jsonl").stat().st_size
    return Figure(
        f"{len(writer.canaries)} canaries in personal fields, {readable} of them read by who may, places with plain "
        f"text {len(hits)}{': ' + ', '.join(hits) if hits else ''}, spans searched {traced} bytes",
        not hits and arrived and readable > 10 and traced > 0,
    )


def everything_kept(platform: Platform, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Every row of every table, and every file: data and write-ahead logs of both servers, logs, traces."""
    for service in SERVICES:
        with psycopg.connect(settings.owner_database_of(service)) as connection:
            connection.adapters.register_loader("timestamptz", TextLoader)  # some periods never end
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                # As text and with bytes as they are: a body is a document, not a picture.
                rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchall()
                cells = (cell for row in rows for cell in row if cell is not None)
                yield f"{service}.{table}", b"\n".join(c if isinstance(c, bytes) else str(c).encode() for c in cells)
    for folder, _, names in os.walk(platform.folder):
        for name in names:
            file = Path(folder) / name
            yield str(file.relative_to(platform.folder)), file.read_bytes()


def shows_nothing_unrecorded(platform: Platform, full: bool) -> Figure:
    """While the access log cannot be written, readers get a refusal and no data; afterwards they read again."""
    attempts = 200 if full else 20
    with Desk(settings_of(platform)) as desk:
        settings = settings_of(platform)
        writer = Writer(desk)
        citizen = writer.register()
        case = writer.case(citizen)
        writer.send(cases.WriteNote(case=case, category="family", text=writer.canary()))
        settled(settings)
        before = len(read(desk, citizen, WORKER).entries)
        shown = refused = 0
        with (
            Asker(settings) as asker,
            psycopg.connect(settings.owner_database_of("consents"), autocommit=True) as owner,
        ):
            owner.execute("REVOKE INSERT ON events FROM samspor_consents")
            for _ in range(attempts):
                try:
                    shown += len(asker.read(citizen, WORKER).entries)
                except Refused:
                    refused += 1
            owner.execute("GRANT INSERT ON events TO samspor_consents")
        after = len(read(desk, citizen, WORKER).entries)
        return Figure(
            f"{attempts} reads without a log: refused {refused}, entries shown {shown}; entries before {before}, "
            f"after {after}",
            shown == 0 and refused == attempts and before == after > 0,
        )


def read(desk: Desk, citizen: str, person: Person, purpose: str = "casework") -> timeline.Timeline:
    return desk.ask(timeline.GetTimeline(citizen=citizen, purpose=purpose), timeline.Timeline, person)


def soon() -> Timestamp:
    time_ = Timestamp()
    time_.FromDatetime(datetime.now(UTC) + timedelta(days=30))
    return time_
