"""Whatever was looked at, by whom and when: control raises each finding once, however the period is cut."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samspor.consents.v1 import consents_pb2 as consents

from services.consents.control import examine
from tests.rpc.office import Office, Person
from tests.rpc.planted import QUIET, control, controlling, findings, look

HOURS: Final = 24 * 4
LOOKS: Final = st.lists(
    st.tuples(st.integers(0, HOURS * 60 - 1), st.sampled_from("abc"), st.integers(1, 90), st.booleans()), max_size=120
)
"""Minutes after the beginning, reader, citizen, and whether many others are looked at with them."""
RAISED: Final = "SELECT count(*) FROM findings WHERE organisation = %(organisation)s"


@given(looks=LOOKS, cut=st.integers(0, HOURS), page=st.integers(1, 40))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_runs_raise_the_same_findings_once(
    office: Office, monkeypatch: pytest.MonkeyPatch, looks: list[tuple[int, str, int, bool]], cut: int, page: int
) -> None:
    monkeypatch.setattr(examine, "PAGE", page)
    boss = Person("boss", str(uuid4()), "coordinator")
    begin, end = QUIET - timedelta(hours=HOURS), QUIET
    for minutes, reader, citizen, many in looks:
        person = boss._replace(name=reader, role="caseworker")
        for other in range(20 if many else 1):
            seen = str(UUID(int=citizen + 100 * other, version=4))
            look(office.log("consents"), person, seen, begin + timedelta(minutes=minutes))
    whole = control(office, controlling(boss.organisation, begin, end), boss)
    first = {each.id: each for each in findings(office, boss, boss.organisation)}
    assert whole.raised == len(first) == sum(whole.found.values())

    middle = begin + timedelta(hours=cut)
    parts = [ends for ends in ((begin, middle), (middle, end)) if ends[0] < ends[1]]
    again = [control(office, controlling(boss.organisation, *ends), boss) for ends in parts]
    assert sum(run.examined for run in again) == whole.examined
    assert [run.raised for run in again] == [0] * len(parts)
    assert {each.id: each for each in findings(office, boss, boss.organisation)} == first
    assert office.rows("consents", RAISED, {"organisation": boss.organisation}) == [(len(first),)]
    assert all(isinstance(each, consents.Finding) for each in first.values())
