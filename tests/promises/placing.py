"""Places across referrals and partners: with workers that die at every step, and with many who want the last one."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Final, Self

from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from cli.desk import OPERATOR, Desk
from deploy.local.platform import Platform
from deploy.local.process import wait_until
from deploy.local.programs import REPOSITORY
from libs.eventlog import new_id
from libs.host.errors import Refused
from libs.host.settings import Settings
from libs.spec.platforms import settings_of
from libs.spec.servers import running_postgres, server_folder
from tests.promises.asking import Asker
from tests.promises.figure import Figure
from tests.promises.placing_worker import KILLED, LONGEST, STEPS
from tests.promises.reading import NGO, Writer
from tests.promises.workload import WORKER
from tests.rpc.office import MARIA, MENTOR, open_office
from tests.rpc.places import Scene, set_scene

WORKERS: Final = (("partners", "referrals"), ("referrals", "partners"))
PHASES: Final = ("taken", "given back")
MANY: Final = 50


@dataclass
class Tally:
    deaths: int = 0
    wrong: int = 0
    leaked: int = 0
    stuck: int = 0


class Mortals:
    """Workers that die at a named step."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-m", "tests.promises.placing_worker"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        )
        self._say(settings.model_dump_json())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=LONGEST)

    def died(self, *worker: str) -> bool:
        self._say("\t".join(worker))
        assert self._process.stdout
        return int(self._process.stdout.readline()) == KILLED

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


def no_place_is_leaked(full: bool) -> Figure:
    tally, times = Tally(), 20 if full else 1
    with (
        running_postgres() as postgres,
        server_folder() as folder,
        open_office(postgres, folder) as office,
        Mortals(office.settings) as mortals,
    ):
        scene = set_scene(office)
        for _, worker, step, phase in product(range(times), WORKERS, STEPS, PHASES):
            die_once(scene, mortals, worker, step, phase, tally)
        below = office.rows("partners", "SELECT count(*) FROM capacities WHERE available < 0")[0][0]
    return Figure(
        f"{tally.deaths} deaths of a worker at {len(WORKERS) * len(STEPS) * len(PHASES)} steps: {tally.wrong} places "
        f"had twice or by nobody, {tally.leaked} leaked, {tally.stuck} referrals stuck, {below} numbers below zero",
        not any((tally.wrong, tally.leaked, tally.stuck, below)) and tally.deaths == times * 12,
    )


def die_once(scene: Scene, mortals: Mortals, worker: tuple[str, str], step: str, phase: str, tally: Tally) -> None:
    """One place and two referrals that want it; then the one that has it ends, and so does the other."""
    scene.declare(1)
    found = [scene.referral() for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(scene.accept, each) for each in found]
        assert wait_until(lambda: all(scene.of(each).place == "asked" for each in found), 10)
        if phase == PHASES[0]:
            tally.deaths += perish(scene, mortals, worker, step)
        scene.office.catch_up()
        for answer in told:
            if (refused := answer.exception()) and getattr(refused, "reason", "") != "NO_ROOM":
                raise refused
    places = Counter(scene.of(each).place for each in found)
    tally.wrong += places != {"held": 1, "no_room": 1} or scene.room() != 0
    tally.stuck += places["asked"]
    for each in found:
        if scene.of(each).place == "held":
            scene.office.send(referrals.CompleteReferral(referral=each, outcome="goal_reached"), MENTOR)
        else:
            scene.office.send(referrals.CancelReferral(referral=each, reason="recalled"), MARIA)
    if phase == PHASES[1]:
        tally.deaths += perish(scene, mortals, worker, step)
    scene.office.catch_up()
    tally.leaked += scene.room() != 1
    tally.stuck += any(scene.of(each).place for each in found)


def perish(scene: Scene, mortals: Mortals, worker: tuple[str, str], step: str) -> bool:
    """Whether the worker did what it has to do, and died of it; what it needs from the other is there."""
    if worker[1] == "partners":
        scene.office.turn("partners", "referrals")
    return mortals.died(*worker, step)


def the_last_place_is_had_once(platform: Platform, full: bool) -> Figure:
    """The same at both lengths: it takes seconds."""
    del full
    settings = settings_of(platform)
    with Desk(settings) as desk, Asker(settings) as asker:
        writer, service = Writer(desk), new_id()
        organisation = NGO.organisation
        writer.send(partners.RegisterOrganisation(organisation=organisation, kind="ngo", name="Mentors"), OPERATOR)
        writer.send(partners.PublishService(organisation=organisation, service=service, name="Mentors"), OPERATOR)
        writer.send(partners.DeclareCapacity(organisation=organisation, service=service, available=1), NGO)
        citizen = writer.register()
        case = writer.case(citizen)
        writer.consent(citizen, "housing")
        found = [request(writer, citizen, case, service) for _ in range(MANY)]

        def accept(referral: str) -> str:
            try:
                asker.send(referrals.AcceptReferral(referral=referral), NGO)
            except Refused as refused:
                return refused.reason
            return "yes, or not known yet"

        with ThreadPoolExecutor(MANY) as pool:
            at_once = Counter(pool.map(accept, found))

        def of(referral: str) -> referrals.Referral:
            return asker.ask(referrals.GetReferral(referral=referral), referrals.Referral, WORKER)

        assert wait_until(lambda: all(of(each).place in ("held", "no_room") for each in found), 60, 0.2)
        places = Counter(of(each).place for each in found)
        waiting = [each for each in found if of(each).place == "no_room"]
        with ThreadPoolExecutor(8) as pool:
            offered = Counter(pool.map(accept, waiting))["NO_ROOM"]
        left = asker.ask(partners.GetCapacity(service=service), partners.Capacity, WORKER).available
    return Figure(
        f"{MANY} acceptances of the last place at once: {places['held']} has it, {places['no_room']} have no room, "
        f"{at_once['NO_ROOM']} of them told at once and {offered} when asking again; {left} places left",
        (places["held"], places["no_room"], offered, left) == (1, MANY - 1, MANY - 1, 0),
    )


def request(writer: Writer, citizen: str, case: str, service: str) -> str:
    draft = referrals.DraftReferral(
        citizen=citizen,
        case=case,
        recipient=NGO.organisation,
        service=service,
        purpose="mentoring",
        categories=["housing"],
        reason=writer.canary(),
    )
    return writer.send(referrals.RequestReferral(referral=writer.send(draft)))
