"""Policies decide, errors mean no, and it takes no time."""

from datetime import UTC, datetime
from typing import Any

import pytest

from libs.eventlog.decider import Context
from libs.host.authorize import Authorizer, RoleMissing

POLICIES = """
@id("participants-write")
permit(principal, action == Action::"WriteNote", resource)
when {
    resource.participants.contains(principal.organisation) && ["caseworker", "ngo_worker"].contains(principal.role)
};

@id("closed-is-closed")
forbid(principal, action, resource) when { resource.closed };
"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def authorizer() -> Authorizer:
    return Authorizer(POLICIES)


def caller(role: str) -> Context:
    return Context(command_id="", actor="anna", organisation="o1", role=role, now=NOW, occurred=NOW)


def test_a_yes_names_the_policy_it_rests_on(authorizer: Authorizer) -> None:
    verdict = authorizer.require(caller("caseworker"), "WriteNote", {"participants": ["o1", "o2"], "closed": False})
    assert verdict == (True, ("participants-write",))


def test_a_wrong_role_is_told_so(authorizer: Authorizer) -> None:
    with pytest.raises(RoleMissing, match="The role auditor may not WriteNote here"):
        authorizer.require(caller("auditor"), "WriteNote", {"participants": ["o1"], "closed": False})


def test_what_no_policy_permits_is_refused(authorizer: Authorizer) -> None:
    assert authorizer.decide({}, "CloseCase", {"closed": False}) == (False, ())


def test_a_policy_that_cannot_be_evaluated_means_no(authorizer: Authorizer) -> None:
    """Cedar skips the forbid that fails for lack of `closed` and would say yes."""
    assert not authorizer.decide(
        {"organisation": "o1", "role": "caseworker"}, "WriteNote", {"participants": ["o1"]}
    ).allowed


def test_several_are_decided_in_their_order(authorizer: Authorizer) -> None:
    cases: Any = [({"participants": [who], "closed": False}, {}) for who in ("o1", "o2", "o1")]
    verdicts = authorizer.decide_each({"organisation": "o1", "role": "caseworker"}, "WriteNote", cases)
    assert [verdict.allowed for verdict in verdicts] == [True, False, True]


def test_attributes_cannot_break_out_of_their_quotes(authorizer: Authorizer) -> None:
    assert not authorizer.decide(
        {"organisation": 'o1"], "closed": false}', "role": "caseworker"}, 'WriteNote" || true', {"closed": False}
    ).allowed


def test_broken_policies_do_not_load() -> None:
    with pytest.raises(ValueError, match="end of input"):
        Authorizer("permit(principal, action, resource")


def test_a_verdict_is_remembered_for_the_same_attributes_only(authorizer: Authorizer) -> None:
    person = {"organisation": "o1", "role": "caseworker"}
    for _ in range(2):
        assert authorizer.decide(person, "WriteNote", {"participants": ["o1"], "closed": False}).allowed
        assert not authorizer.decide(person, "WriteNote", {"participants": ["o2"], "closed": False}).allowed
        assert not authorizer.decide(person | {"role": "auditor"}, "WriteNote", {"participants": ["o1"]}).allowed
