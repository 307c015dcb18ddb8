"""Ids that sort by time keep indexes small, also those that are derived."""

from uuid import UUID, uuid4

from libs.eventlog import derived_id, new_id


def test_a_derived_id_is_the_same_each_time_and_another_for_each_name() -> None:
    for cause in (new_id(), str(uuid4())):
        assert derived_id(cause, "case") == derived_id(cause, "case")
        assert len({cause, derived_id(cause, "case"), derived_id(cause, "action")}) == 3


def test_what_is_derived_from_a_version_7_sorts_with_it() -> None:
    cause = new_id()
    derived = UUID(derived_id(cause, "case"))
    assert derived.version == 7
    assert derived.hex[:12] == UUID(cause).hex[:12]
    assert UUID(derived_id(str(uuid4()), "case")).version == 5
