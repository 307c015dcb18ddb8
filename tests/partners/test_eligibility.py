"""Whom a service is for: eligible, not and why, or what is to be asked; in a search as in the rule itself."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from libs.host.errors import Refused
from libs.host.settings import Settings
from services.partners.eligibility import Facts, Term, Terms, judge, keys
from services.vocabulary import VOCABULARIES

SITUATIONS = VOCABULARIES["situation"][:4]
NAMES = st.sampled_from(["Odense", "Assens Kommune", "Malmö"])
SOME = st.frozensets(st.sampled_from(SITUATIONS))
TERMS = st.builds(
    Terms,
    minimum_age=st.integers(0, 40),
    maximum_age=st.sampled_from([0, 40, 60]),
    genders=st.frozensets(st.sampled_from(VOCABULARIES["gender"])),
    municipalities=st.frozensets(NAMES),
    languages=st.frozensets(st.sampled_from(["da", "ar", "so"])),
    situations=SOME,
    excluded_situations=SOME,
)
FACTS = st.builds(
    lambda so, other, **rest: Facts(situations=so, other_situations=other - so, **rest),
    so=SOME,
    other=SOME,
    age=st.integers(0, 80),
    gender=st.sampled_from(["", *VOCABULARIES["gender"]]),
    municipality=st.just("") | NAMES,
    languages=st.frozensets(st.sampled_from(["da", "ar", "so"])),
)


@given(TERMS, FACTS)
def test_who_tells_more_learns_no_less(terms: Terms, facts: Facts) -> None:
    """What is left out may only make a clear answer one that is to be asked: it never turns it round."""
    whole = judge(terms, facts)
    for less in (facts._replace(age=0), facts._replace(gender=""), facts._replace(languages=())):
        part = judge(terms, less)
        assert (whole is None) == (part is None)
        if whole and part and part.verdict != "to_be_asked":
            assert part.verdict == whole.verdict or whole.verdict == "not_eligible"
        if whole and part and whole.verdict == "eligible":
            assert part.verdict != "not_eligible"


@given(TERMS, FACTS)
def test_a_no_names_what_is_not_met_and_a_question_what_is_not_known(terms: Terms, facts: Facts) -> None:
    found = judge(terms, facts)
    if found is None:
        assert judge(terms, Facts()) is None, "for everybody"
    elif found.verdict == "eligible":
        assert not found.terms
    else:
        assert found.terms
    nothing_told = judge(terms, Facts())
    assert nothing_told is None or nothing_told.verdict == "to_be_asked"


@pytest.mark.parametrize(
    ("facts", "verdict", "terms"),
    [
        (Facts(), "to_be_asked", (Term("age"), Term("gender"), Term("no_situation", "substance_use"))),
        (Facts(age=17), "not_eligible", (Term("age"),)),
        (Facts(age=30, gender="male", situations=("substance_use",)), "not_eligible",
         (Term("gender"), Term("no_situation", "substance_use"))),
        (Facts(age=30, gender="female"), "to_be_asked", (Term("no_situation", "substance_use"),)),
        (Facts(age=30, gender="female", other_situations=("substance_use",)), "eligible", ()),
    ],
)  # fmt: skip
def test_a_home_for_women_without_drugs(facts: Facts, verdict: str, terms: tuple[Term, ...]) -> None:
    home = Terms(minimum_age=18, genders=("female",), excluded_situations=("substance_use",))
    assert judge(home, facts) == (verdict, terms)


def test_a_municipality_is_known_by_any_of_its_names() -> None:
    assert keys(["Københavns Kommune"]) == keys(["København"]) == keys(["koebenhavn"])
    assert keys(["Göteborgs stad"]) == keys(["Göteborg"])
    assert keys(["Horsens"]) == keys(["Horsens Kommune"])
    assert keys(["Odense"]) != keys(["Assens"])
    assert keys(["Kommune", ""]) == []


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


def offering(desk: Desk, name: str, stated: Sequence[Terms]) -> list[str]:
    """Services of an organisation, one for each of the terms."""
    own = desk.send(partners.RegisterOrganisation(name=name, kind="ngo"), OPERATOR, command_id=str(uuid4())).id
    services = [str(uuid4()) for _ in stated]
    for service, terms in zip(services, stated, strict=True):
        desk.send(
            partners.PublishService(organisation=own, service=service, name=name, minimum_age=terms.minimum_age),
            OPERATOR,
            command_id=str(uuid4()),
        )
        told = partners.Eligibility(
            genders=terms.genders,
            municipalities=terms.municipalities,
            languages=terms.languages,
            situations=terms.situations,
            excluded_situations=terms.excluded_situations,
        )
        command = partners.StateEligibility(organisation=own, service=service, eligibility=told)
        desk.send(command, Person("pia", own, "partner_administrator"), command_id=str(uuid4()))
    return services


def test_a_search_leaves_out_who_is_not_eligible_and_says_the_rest(desk: Desk, catch_up: Callable[[], None]) -> None:
    mark = f"q{uuid4().hex[:8]}"
    stated = [
        Terms(),
        Terms(genders=("female",), languages=("ar", "so")),
        Terms(municipalities=("Odense Kommune",), situations=("homeless",)),
        Terms(excluded_situations=("substance_use",), minimum_age=18),
    ]
    services = offering(desk, mark, stated)
    catch_up()
    reader = Person("x", str(uuid4()), "caseworker")
    for gender, place, languages, so, other in product(
        ("", "male"), ("", "Odense", "Assens"), ((), ("ar",), ("da",)), ((), ("substance_use",)), ((), ("homeless",))
    ):
        facts = Facts(30, gender, place, languages, so, other)
        told = partners.Facts(
            gender=gender, municipality=place, languages=languages, situations=so, other_situations=other
        )
        answer = desk.ask(partners.SearchServices(query=mark, age=30, facts=told), partners.ServiceList, reader)
        found = {one.id: one for one in answer.services}
        assert answer.total == len(found)
        for service, terms in zip(services, stated, strict=True):
            judged = judge(terms, facts)
            assert (service in found) == (judged is None or judged.verdict != "not_eligible")
            if judged and service in found:
                assert found[service].eligible.verdict == judged.verdict
                assert [(one.kind, one.situation) for one in found[service].eligible.terms] == list(judged.terms)
                assert ("ask_first" if judged.terms else "eligible") in found[service].reasons


def test_matching_asks_the_same(desk: Desk, catch_up: Callable[[], None]) -> None:
    mark = f"q{uuid4().hex[:8]}"
    women, homeless = offering(desk, mark, [Terms(genders=("female",)), Terms(situations=("homeless",))])
    catch_up()
    question = partners.MatchPartners(need=mark, facts=partners.Facts(gender="male"))
    answer = desk.ask(question, partners.MatchList, Person("x", str(uuid4()), "caseworker"))
    assert [(one.service.id, list(one.obstacles)) for one in answer.misses] == [
        (women, ["not_eligible", "room_unknown"])
    ]
    (fits,) = answer.matches
    assert (fits.service.id, "ask_first" in fits.obstacles) == (homeless, True)
    assert [one.situation for one in fits.service.eligible.terms] == ["homeless"]


def test_nobody_states_it_for_another_organisation(desk: Desk) -> None:
    (service,) = offering(desk, "Own", [Terms()])
    command = partners.StateEligibility(organisation=str(uuid4()), service=service)
    with pytest.raises(Refused) as refused:
        desk.send(command, Person("x", str(uuid4()), "partner_administrator"), command_id=str(uuid4()))
    assert refused.value.reason == "ROLE_MISSING"
