"""May this person do this? Cedar policies answer, and anything that goes wrong is a no.

A policy sees `principal` (person, organisation, role, unit), `action` (Action::"WriteNote", the request message's name)
and `resource` with the attributes that the handler takes from state. Give each policy an `@id`: it is the name that a
decision bears.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import cedarpy
import msgspec

from libs.eventlog.decider import Context
from libs.eventlog.refusal import Kind, Refusal
from libs.host.remembered import Remembered

_encode: Final = msgspec.json.Encoder().encode
VERDICTS: Final = 10_000
"""Verdicts remembered."""
PRINCIPAL: Final = {"type": "Person", "id": "caller"}


class RoleMissing(Refusal):
    kind = Kind.FORBIDDEN
    reason = "ROLE_MISSING"
    message = "The role {role} may not {action} here."


class Verdict(NamedTuple):
    allowed: bool
    policies: tuple[str, ...]
    """The `@id` of each policy that decided it; empty when none applied."""


class Authorizer:
    """One policy set, parsed once. Thread-safe. Raises ValueError for policies that do not parse."""

    def __init__(self, policies: str) -> None:
        self.digest = hashlib.sha256(policies.encode()).hexdigest()
        """SHA-256 of the policy text, in hex: the policy version of every decision."""
        self._policies = cedarpy.PolicySet.from_str(policies)
        self._given = Remembered(VERDICTS)

    def decide(
        self,
        principal: Mapping[str, Any],
        action: str,
        resource: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
    ) -> Verdict:
        """Attributes are text, booleans, whole numbers, and lists or mappings of them."""
        return self.decide_each(principal, action, [(resource, context or {})])[0]

    def decide_each(
        self,
        principal: Mapping[str, Any],
        action: str,
        cases: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    ) -> list[Verdict]:
        """One verdict for each (resource, context), in their order; cheaper than asking one by one.

        The same attributes get the same verdict: those given last are not worked out again.
        """
        keys = [_encode((principal, action, *case)) for case in cases]
        known = {key: self._given.get(key) for key in keys}
        if unknown := {key: case for key, case in zip(keys, cases, strict=True) if known[key] is None}:
            for key, verdict in zip(unknown, self._evaluate(principal, action, list(unknown.values())), strict=True):
                known[key] = verdict
                self._given.put(key, verdict)
        return [known[key] for key in keys]

    def _evaluate(
        self,
        principal: Mapping[str, Any],
        action: str,
        cases: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    ) -> list[Verdict]:
        entities = [{"uid": PRINCIPAL, "attrs": principal, "parents": []}]
        requests = []
        for index, (resource, context) in enumerate(cases):
            uid = {"type": "Resource", "id": str(index)}
            entities.append({"uid": uid, "attrs": resource, "parents": []})
            requests.append(
                {
                    "principal": PRINCIPAL,
                    "action": {"type": "Action", "id": action},
                    "resource": uid,
                    "context": _encode(context).decode(),
                }
            )
        results = cedarpy.is_authorized_batch(requests, self._policies, _encode(entities).decode())
        return [_verdict(result) for result in results]

    def require(self, caller: Context, action: str, resource: Mapping[str, Any]) -> Verdict:
        """The verdict on a caller, if it is yes. Raises RoleMissing if it is no."""
        verdict = self.decide(principal(caller), action, resource)
        if not verdict.allowed:
            raise RoleMissing(role=caller.role or "none", action=action)
        return verdict


def principal(caller: Context) -> dict[str, str]:
    """The attributes of a caller that policies see."""
    return {
        "person": caller.actor,
        "organisation": caller.organisation,
        "role": caller.role,
        "unit": caller.unit,
    }


def _verdict(result: cedarpy.AuthzResult) -> Verdict:
    # A policy that fails to evaluate is skipped by Cedar, and the skipped one may be the one that forbids.
    diagnostics = result.diagnostics
    named = diagnostics.id_annotations_by_reason
    policies = tuple(sorted(named.get(reason, reason) for reason in diagnostics.reasons))
    return Verdict(result.allowed and not diagnostics.errors, policies)
