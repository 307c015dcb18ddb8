"""Why somebody sees, or does not see, entries of a class about a citizen, now or on a date."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from services.gateway.pages import consents
from services.gateway.pages.citizen import bases, day, head, standing
from services.gateway.pages.consent_terms import PURPOSES
from services.gateway.person import CASEWORK, PROFESSIONAL
from services.gateway.timeline import law
from services.gateway.visit import Page, Visit, is_id
from services.gateway.web.dates import HERE, deadline, stamp
from services.gateway.web.forms import Option, words
from services.gateway.web.languages import gettext, language, word
from services.vocabulary import VOCABULARIES

READERS: Final = CASEWORK | {"auditor", "citizen"}
NGO: Final = frozenset({"ngo", "volunteer_centre"})
MOST: Final = 30
"""Organisations whose members can be chosen."""


class Eyes(NamedTuple):
    """Somebody to look through: a member, or whoever has the role there."""

    organisation: str
    role: str
    person: str = ""
    unit: str = ""

    @classmethod
    def read(cls, text: str) -> "Eyes | None":
        """As `written`; None for what is nobody."""
        parts = text.split("/")
        known = 2 <= len(parts) <= 4 and is_id(parts[0]) and parts[1] in PROFESSIONAL
        return cls(*parts) if known else None

    def written(self) -> str:
        return "/".join(self).rstrip("/")


def explain(visit: Visit) -> Response:
    shared = head(visit, "/explain", gettext("Who may read what, and why"))
    concerned = organisations_of(visit)
    names = visit.organisations(concerned)
    found, problem = explained(visit)
    return visit.page(
        "explain.html",
        **shared,
        viewers=viewers(visit, names),
        choices=(
            ("organisation", gettext("Written by"), [Option(one, names.get(one, "")) for one in concerned], ""),
            ("category", gettext("Category"), words("category"), ""),
            ("purpose", gettext("What for"), words("purpose", PURPOSES), ""),
            ("sensitivity", gettext("Sensitivity"), words("sensitivity"), "normal"),
        ),
        today=datetime.now(HERE).date().isoformat(),
        found=found,
        problem=problem,
    )


def organisations_of(visit: Visit) -> list[str]:
    """Those that have, or had, something to do with the citizen; and those that the address names."""
    asked = Eyes.read(visit.query("viewer"))
    found = [asked.organisation] if asked else []
    found += [visit.query("organisation"), standing(visit).registered_by, visit.who.organisation]
    if visit.who.role == "citizen":
        found.pop()
    found += [one.organisation for one in bases(visit)]
    return [one for one in dict.fromkeys(found) if is_id(one)][:MOST]


def viewers(visit: Visit, names: Mapping[str, str]) -> list[tuple[str, list[Option]]]:
    """Organisation -> whose eyes there can be looked through. People are named to colleagues and to auditors."""
    kinds = visit.site.directory.kinds(names, visit)
    groups = []
    for organisation, name in names.items():
        usual = "ngo_worker" if kinds.get(organisation) in NGO else "caseworker"
        options = [Option(Eyes(organisation, usual).written(), gettext("Anybody: %(role)s", role=word("role", usual)))]
        options += [
            Option(Eyes(organisation, one.role, one.person, one.unit).written(), one.name)
            for one in visit.site.directory.members(visit, organisation)
            if one.role in PROFESSIONAL
        ]
        groups.append((name, options))
    return groups


def explained(visit: Visit) -> tuple[dict[str, Any] | None, str]:
    """(the explanation, or None where the address asks for none yet; what of the address could not be read)."""
    viewer = Eyes.read(visit.query("viewer"))
    known = visit.query("category") in VOCABULARIES["category"] and is_id(visit.query("organisation"))
    if viewer is None or not known:
        return None, gettext("Choose whose eyes, from whom and what about.") if visit.query("viewer") else ""
    at = day(visit.query("date"))
    if visit.query("date") and at is None:
        return None, gettext("A date could not be read. Write it as 2026-06-08.")
    question = asked(visit, viewer, at)
    answer = visit.ask(question, consents_pb2.AccessExplained)
    decision = answer.decision
    return {
        "outcome": decision.outcome,
        "sentence": decision.sentences.get(language(), ""),
        "law": law(decision.law) if decision.law else "",
        "facts": [
            (word("fact", name), told(name, value))
            for name, value in sorted(answer.facts.items(), key=lambda fact: (fact[1] == "no", fact[0]))
        ],
        "bases": [
            consents.shown(visit, each.basis) | {"missing": [word("lack", one) for one in each.missing]}
            for each in answer.bases
        ],
        "policies": list(decision.policies),
        "policy_set": answer.policy_set,
    }, ""


def asked(visit: Visit, viewer: Eyes, at: date | None) -> consents_pb2.ExplainAccess:
    """What the address does not say is the usual. A past day is asked about as it ended."""
    purpose, sensitivity = visit.query("purpose"), visit.query("sensitivity")
    question = consents_pb2.ExplainAccess(
        citizen=visit.path("citizen"),
        viewer=consents_pb2.Viewer(**viewer._asdict()),
        purpose=purpose if purpose in VOCABULARIES["purpose"] else PURPOSES[0],
        of=consents_pb2.AccessClass(
            organisation=visit.query("organisation"),
            category=visit.query("category"),
            sensitivity=sensitivity if sensitivity in VOCABULARIES["sensitivity"] else "normal",
            case=visit.query("case") if is_id(visit.query("case")) else "",
        ),
    )
    if at and at < datetime.now(HERE).date():
        question.at.CopyFrom(stamp(deadline(at)))
    return question


def told(name: str, value: str) -> str:
    """A fact in words: yes, no, or a word of the fact's own list."""
    if name in ("sensitivity", "purpose"):
        return word(name, value)
    return word("answer", value)


PAGES: Final = (Page("/citizens/{citizen}/explain", explain, READERS),)
