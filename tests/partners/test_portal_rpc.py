"""The portal and matching over gRPC: what everybody finds, and when two organisations learn how to reach each other."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from samspor.common.v1 import common_pb2 as common
from samspor.partners.v1 import partners_pb2 as partners

from cli.desk import OPERATOR, Desk, Person
from libs.host.settings import Settings
from tests.partners.test_agreements_rpc import send
from tests.partners.test_directory import refused, register

NOBODY = Person("gateway", "", "operator")


@pytest.fixture
def desk(hosted: Settings) -> Iterator[Desk]:
    with Desk(hosted) as made:
        yield made


def administrator(desk: Desk, kind: str = "ngo") -> Person:
    return Person("pia", register(desk, "Own", kind), "partner_administrator")


def test_an_offer_is_open_to_everybody_until_it_is_withdrawn(desk: Desk, catch_up: Callable[[], None]) -> None:
    own, other = administrator(desk), administrator(desk)
    offer = partners.PublishOffer(
        organisation=own.organisation, direction="need", kind="premises", title="A room", contact="volunteer_centre"
    )
    assert refused(partial(send, desk, offer, other)) == "ROLE_MISSING"
    published = send(desk, offer, own).id
    catch_up()
    question = partners.ListOffers(organisation=own.organisation)
    (found,) = desk.ask(question, partners.PortalOfferList, NOBODY).offers
    assert (found.id, found.title, found.organisation_name) == (published, "A room", "Own")
    withdraw = partners.WithdrawOffer(offer=published)
    assert refused(partial(send, desk, withdraw, other)) == "OFFER_UNKNOWN"
    send(desk, withdraw, own)
    catch_up()
    assert not desk.ask(question, partners.PortalOfferList, NOBODY).offers


def test_an_offer_is_changed_in_its_place_and_found_by_its_area(desk: Desk, catch_up: Callable[[], None]) -> None:
    own, other = administrator(desk), administrator(desk)
    shared: dict[str, Any] = {"direction": "offer", "kind": "premises", "contact": "volunteer_centre"}
    ids = [
        send(desk, partners.PublishOffer(organisation=own.organisation, title=title, area="Nordby", **shared), own).id
        for title in ("one", "two", "three")
    ]
    change = partners.ChangeOffer(offer=ids[1], title="changed", area="Aarhus C", **shared)
    assert refused(partial(send, desk, change, other)) == "OFFER_UNKNOWN"
    send(desk, change, own)
    catch_up()

    def listed(**asked: Any) -> tuple[list[str], str]:
        question = partners.ListOffers(organisation=own.organisation, **asked)
        answer = desk.ask(question, partners.PortalOfferList, NOBODY)
        return [one.title for one in answer.offers], answer.page.next

    assert listed() == (["three", "changed", "one"], "")
    assert listed(area="aar") == listed(area="århus") == (["changed"], "")
    assert listed(offer=ids[0]) == (["one"], "")
    first, token = listed(page=common.PageRequest(size=2))
    assert (first, listed(page=common.PageRequest(size=2, token=token))) == (["three", "changed"], (["one"], ""))
    send(desk, partners.WithdrawOffer(offer=ids[1]), own)
    assert refused(partial(send, desk, change, own)) == "OFFER_WITHDRAWN_ALREADY"


def test_a_match_knows_room_and_area(desk: Desk, catch_up: Callable[[], None]) -> None:
    mark, own, place = f"q{uuid4().hex[:8]}", str(uuid4()), str(uuid4())
    areas = {"free": "5000-5270", "full": "5000", "elsewhere": "8000 Aarhus C", "near": "", "unknown": ""}
    ids = {name: str(uuid4()) for name in areas}
    address = dict.fromkeys(("address_1", "city", "state_province", "country"), "x") | {
        "id": str(uuid4()),
        "postal_code": "5020",
    }
    location = {"id": place, "location_type": "physical", "addresses": [address | {"address_type": "physical"}]}
    services = [
        {"id": ids[name], "name": f"{name} {mark}", "status": "active"}
        | ({"service_areas": [{"id": str(uuid4()), "name": area}]} if area else {})
        | ({"service_at_locations": [{"id": str(uuid4()), "location_id": place}]} if name == "near" else {})
        for name, area in areas.items()
    ]
    document = {"id": own, "name": "Own", "description": "x", "services": services, "locations": [location]}
    desk.send(partners.ImportOrganization(organization=json.dumps(document)), OPERATOR, command_id=str(uuid4()))
    keeper = Person("pia", own, "partner_administrator")
    for name, places in (("free", 3), ("full", 0), ("elsewhere", 3)):
        send(desk, partners.DeclareCapacity(organisation=own, service=ids[name], available=places), keeper)
    catch_up()
    reader = Person("x", str(uuid4()), "caseworker")
    answer = desk.ask(partners.MatchPartners(need=mark, postal_code="5000"), partners.MatchList, reader)
    fits = {each.service.id: list(each.reasons) for each in answer.matches}
    misses = {each.service.id: list(each.obstacles) for each in answer.misses}
    assert fits == {ids["free"]: ["need", "area", "room"], ids["near"]: ["need", "area"], ids["unknown"]: ["need"]}
    assert misses == {ids["full"]: ["no_room"], ids["elsewhere"]: ["other_area"]}


def test_a_way_through_a_website_needs_one(desk: Desk) -> None:
    own = administrator(desk)
    offer = partners.PublishOffer(
        organisation=own.organisation, direction="offer", kind="money", title="x", contact="website"
    )
    assert refused(partial(send, desk, offer, own)) == "WEBSITE_MISSING"


def test_contacts_are_told_when_both_said_yes(desk: Desk, catch_up: Callable[[], None]) -> None:
    broker, one, other = administrator(desk, "volunteer_centre"), administrator(desk), administrator(desk)
    proposal = partners.ProposeIntroduction(parties=[one.organisation, other.organisation], reason="A room")
    assert refused(partial(send, desk, proposal, one)) == "NOT_A_BROKER"
    id_ = send(desk, proposal, broker).id
    catch_up()

    def seen(by: Person) -> partners.Introduction:
        (found,) = desk.ask(partners.ListIntroductions(), partners.IntroductionList, by).introductions
        return found

    yes = partners.AnswerIntroduction(introduction=id_, answer="yes")
    assert refused(partial(send, desk, yes, administrator(desk))) == "INTRODUCTION_UNKNOWN"
    send(desk, yes, one)
    assert (seen(other).status, list(seen(other).contacts)) == ("proposed", [])
    send(desk, yes, other)
    assert seen(one).status == "introduced"
    assert len(seen(one).contacts) == 2


@pytest.mark.parametrize("parties", [1, 2])
def test_an_introduction_needs_two_others_that_are_known(desk: Desk, parties: int) -> None:
    broker = administrator(desk, "volunteer_centre")
    wrong = partners.ProposeIntroduction(parties=[str(uuid4()) for _ in range(parties)], reason="x")
    assert refused(partial(send, desk, wrong, broker)) == "PARTIES_MALFORMED"


def test_help_is_found_by_need_with_why_and_why_not(desk: Desk, catch_up: Callable[[], None]) -> None:
    mark = f"q{uuid4().hex[:8]}"
    own = register(desk, "Own")
    for name, most in (("Young", 30), ("Children", 12)):
        service = partners.PublishService(
            organisation=own, name=f"{name} {mark}", categories=["family"], maximum_age=most
        )
        desk.send(service, OPERATOR, command_id=str(uuid4()))
    catch_up()
    reader = Person("x", str(uuid4()), "caseworker")
    found = desk.ask(partners.MatchPartners(need=mark, age=19), partners.MatchList, reader)
    assert [(each.service.name, list(each.reasons)) for each in found.matches] == [
        (f"Young {mark}", ["need", "eligible"])
    ]
    assert [(each.service.name, "too_old" in each.obstacles) for each in found.misses] == [(f"Children {mark}", True)]
    assert refused(lambda: desk.ask(partners.MatchPartners(age=19), partners.MatchList, reader)) == "NEED_MISSING"
