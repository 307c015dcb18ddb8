"""Whom services are for, in words, and the facts that a caseworker ticks: posted, so that they stand in no address."""

from collections.abc import Iterable, Mapping

from samspor.partners.v1 import partners_pb2

from services.gateway.web.forms import Field, Form, choose, words
from services.gateway.web.languages import gettext, listed, word
from services.vocabulary import VOCABULARIES

MANY: Mapping[str, str] = {
    "languages": "spoken_language",
    "situations": "situation",
    "other_situations": "situation",
}
"""Field of Facts -> its vocabulary."""


def fact_fields() -> tuple[Field, ...]:
    return (
        Field(name="gender", label=gettext("Gender"), kind="one", options=choose(words("gender")), optional=True),
        Field(name="municipality", label=gettext("Lives in the municipality"), optional=True),
        Field(name="languages", label=gettext("Speaks"), kind="many", options=words("spoken_language")),
        Field(name="situations", label=gettext("This is so"), kind="many", options=words("situation")),
        Field(name="other_situations", label=gettext("This is not so"), kind="many", options=words("situation")),
    )


def facts_of(form: Form) -> partners_pb2.Facts | None:
    """What is no value of its list is not told; None: nothing is."""
    gender = form.value("gender")
    facts = partners_pb2.Facts(
        gender=gender if gender in VOCABULARIES["gender"] else "",
        municipality=form.value("municipality")[:100],
        **{name: [one for one in form.values(name) if one in VOCABULARIES[of]] for name, of in MANY.items()},
    )
    return facts if facts.ByteSize() else None


def verdict(answer: partners_pb2.EligibilityAnswer) -> str:
    """Of a service, after what was told; empty where all that it asks is met, or it asks nothing."""
    terms = ", ".join(map(term, answer.terms))
    match answer.verdict:
        case "not_eligible":
            return gettext("Not met: %(terms)s", terms=terms)
        case "to_be_asked":
            return gettext("Ask about: %(terms)s", terms=terms)
    return ""


def term(one: partners_pb2.EligibilityTerm) -> str:
    match one.kind:
        case "situation":
            return word("situation", one.situation).lower()
        case "no_situation":
            return gettext("not %(what)s", what=word("situation", one.situation).lower())
    return word("eligibility_term", one.kind).lower()


def stated(eligibility: partners_pb2.Eligibility) -> list[tuple[str, str]]:
    """(label, text) of what a service asks of people, apart from their age."""
    lines: Iterable[tuple[str, str]] = (
        (gettext("For"), listed("gender", eligibility.genders)),
        (gettext("Who live in"), ", ".join(eligibility.municipalities)),
        (gettext("Who speak"), listed("spoken_language", eligibility.languages)),
        (gettext("Must be so"), listed("situation", eligibility.situations)),
        (gettext("May not be so"), listed("situation", eligibility.excluded_situations)),
    )
    return [line for line in lines if line[1]]
