"""Why somebody sees, or does not see, entries of a class: the decision itself, asked about by others."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from samspor.consents.v1 import consents_pb2 as consents

from libs.host.calls import Caller
from services.consents.basis import Basis
from services.consents.decisions import AccessClass, Question, decide_classes, facts_of
from services.consents.handlers import as_known_to, known, relation
from services.consents.messages import basis_message
from services.consents.reading import citizen_at, class_of, message

if TYPE_CHECKING:
    from services.consents.service import Consents


def explain_access(service: "Consents", request: consents.ExplainAccess, caller: Caller) -> consents.AccessExplained:
    """The same function that decides readings, as far as the caller may know of the bases. Nothing is opened."""
    now = known(service, request.citizen, caller)
    service.authorizer.require(caller, "ExplainAccess", relation(now, caller))
    at = request.at.ToDatetime(UTC) if request.HasField("at") else caller.now
    then = citizen_at(service, request.citizen, at) if request.HasField("at") else now
    citizen = as_known_to(caller, now, then)
    viewer = replace(
        caller,
        actor=request.viewer.person,
        organisation=request.viewer.organisation,
        role=request.viewer.role,
        unit=request.viewer.unit,
    )
    of, question = class_of(request.of), Question(viewer, request.purpose, at)
    (decision,) = decide_classes(service.authorizer, citizen, question, [of])
    facts = facts_of(citizen, citizen.relations_of(viewer, at), question, of)
    held = [each for each in citizen.bases if each.holder == viewer.organisation]
    return consents.AccessExplained(
        decision=message(decision),
        policy_set=service.authorizer.digest,
        facts={name: told(value) for name, value in facts.attributes.items()},
        bases=[weighed(each, question, of, at) for each in held],
    )


def told(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def weighed(basis: Basis, question: Question, of: AccessClass, at: datetime) -> consents.BasisWeighed:
    missing = basis.lacks(of.category, question.purpose, of.organisation, of.case)
    if not basis.in_force(at):
        missing.append("period")
    return consents.BasisWeighed(basis=basis_message(basis, at), missing=missing)
