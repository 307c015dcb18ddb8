"""What leaves the house: every mail, text message, webhook, calendar and address, searched for what is personal."""

import json
import re
from collections import deque
from contextlib import closing, suppress
from html import unescape
from typing import Final

import httpx
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from cli.desk import OPERATOR, Desk, Person
from deploy.local.platform import Platform
from deploy.local.ports import free_port
from deploy.local.process import wait_until
from libs.host.errors import Refused
from libs.spec.platforms import settings_of
from tests.promises.checks import settled
from tests.promises.figure import Figure
from tests.promises.matrix_ways import Ways
from tests.promises.reading import CANARY, COORDINATOR, NGO, Writer
from tests.promises.webhooks import KEEPER, watched
from tests.promises.workload import UNIT, WORKER
from tests.referrals.receiver import Receiver, listening

TEXTS: Final = free_port()
"""Where the platform sends its text messages."""
ADDRESS: Final = re.compile(r'(?:href|action|src)="([^"]*)"')
PAGE: Final = re.compile(r"/(?!static|sign|api|svar|demo)[^#]*").fullmatch
"""Addresses that are followed: our pages."""
PAGES: Final = 12
"""Pages that each person reads, at most; twenty times as many at full length."""


def leaves_nothing_personal(platform: Platform, full: bool) -> Figure:
    rounds = 10 if full else 1
    settings = settings_of(platform)
    texts = Receiver(port=TEXTS)
    with Desk(settings) as desk, closing(Ways(settings, platform.address)) as ways, listening() as endpoint:
        writer, found, citizens = Writer(desk), list[str](), list[str]()
        introduce(writer, phone="+4500000000")
        webhook = writer.send(referrals.RegisterWebhook(url=endpoint.url), KEEPER)
        tokens = [feed(desk, writer, person, whose) for person, whose in ((WORKER, "own"), (NGO, "organisation"))]
        assert settled(settings)
        for _ in range(rounds):
            citizens.append(writer.register())
            case = writer.case(citizens[-1])
            writer.consent(citizens[-1], "housing")
            writer.everything_in(case)
            with watched(settings, found):
                writer.referral(citizens[-1], case)
                writer.requested(citizens[-1], case)
                accepted = referrals.AcceptReferral(referral=writer.requested(citizens[-1], case))
            writer.send(accepted, NGO)
        sent = 2 * rounds  # the links of those that still wait for something
        arrived = settled(settings) and wait_until(lambda: len(texts.told) >= sent <= len(endpoint.told), 60)
        addresses, named = crawl(ways, citizens, PAGES * (20 if full else 1))
        left = {
            "mails": mails(platform),
            "text messages": [f"{each.headers} {each.body.decode()}" for each in texts.told],
            "webhooks": [f"{endpoint.url} {each.headers} {each.body.decode()}" for each in endpoint.told],
            "calendar files": [files(ways, one) for one in found],
            "feeds": [httpx.get(f"{platform.address}kalender/{token}/samspor.ics").text for token in tokens],
        }
        writer.send(referrals.EndWebhook(webhook=webhook), KEEPER)
        introduce(writer)
    texts.close()
    whom = (CANARY, *citizens)
    hits = {kind: sum(any(each in one for each in whom) for one in messages) for kind, messages in left.items()}
    # An address leads to a citizen's page by a random id; it says nothing else.
    hits["addresses"] = sum(CANARY in one for one in addresses)
    counts = {kind: len(messages) for kind, messages in left.items()} | {"addresses": len(addresses)}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    where = json.dumps(hits) if any(hits.values()) else ""
    return Figure(
        f"{len(writer.canaries)} canaries, shown on {named} pages to who may; searched {told}: "
        f"hits {sum(hits.values())} {where}".rstrip(),
        arrived and not any(hits.values()) and all(counts.values()) and named > 0 and "VEVENT" in str(left["feeds"]),
    )


def introduce(writer: Writer, phone: str = "") -> None:
    """The NGO answers by link: it is sent mails, and text messages where it has a phone."""
    organisation = NGO.organisation
    registering = partners.RegisterOrganisation(organisation=organisation, kind="ngo", name="Mentors")
    registering.email = "post@mentors.example"
    with suppress(Refused):  # by another campaign before this one
        writer.send(registering, OPERATOR)
    channel = partners.SetReplyChannel(organisation=organisation, email=registering.email, phone=phone, language="da")
    channel.code = "mentors 2026"
    writer.send(channel, OPERATOR)


def feed(desk: Desk, writer: Writer, person: Person, whose: str) -> str:
    """The token of a calendar's address."""
    made = writer.send(referrals.OpenCalendar(whose=whose), person)

    def tokens() -> list[str]:
        known = desk.ask(referrals.ListCalendars(), referrals.CalendarList, person).calendars
        return [each.token for each in known if each.id == made]

    assert wait_until(lambda: bool(tokens()), 30, 0.1)
    return tokens()[0]


def mails(platform: Platform) -> list[str]:
    """As the demonstration's mail server took them."""
    page = httpx.get(f"{platform.address}demo/mail").text
    return [unescape(each) for each in page.split('<section class="mail">')[1:]]


def files(ways: Ways, referral: str) -> str:
    return ways.page(f"/referrals/{referral}/calendar", NGO).raw.decode()


def crawl(ways: Ways, citizens: list[str], most: int) -> tuple[set[str], int]:
    """Every address on the pages that people come to from their first one, and how many pages had a canary."""
    addresses, named = set[str](), 0
    oneself = Person(citizens[0], UNIT, "citizen")
    for person in (WORKER, COORDINATOR, NGO, KEEPER, oneself):
        waiting, seen = deque(["/", *(f"/citizens/{citizen}" for citizen in citizens[:3])]), set[str]()
        while waiting and len(seen) < most:
            path = waiting.popleft()
            if path in seen:
                continue
            seen.add(path)
            page = ways.page(path, person).raw.decode(errors="replace")
            named += CANARY in page
            linked = [unescape(each) for each in ADDRESS.findall(page)]
            addresses.update(linked)
            waiting.extend(each for each in linked if PAGE(each))
    return addresses, named
