"""What can be done with a reply link by who should not: again, late, revoked, guessed, scanned, with a wrong code."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, Final, NamedTuple
from uuid import uuid4

import httpx
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals

from cli.desk import OPERATOR, Desk, Person
from deploy.local.platform import Platform
from libs.host.times import period, timestamp
from libs.spec.platforms import settings_of
from services.referrals.mailing import link_of
from services.referrals.token import Tokens
from tests.promises.figure import Figure
from tests.promises.workload import UNIT

NGO, OTHERS = "7e570000-0000-7000-8000-0000000000a1", "7e570000-0000-7000-8000-0000000000a2"
SENDER: Final = Person("promise-coordinator", UNIT, "coordinator")
CODES: Final = {NGO: "first code", OTHERS: "other code"}
REASON: Final = "canary of the links"
REQUESTED, ACCEPTED = 2, 5
"""Versions of a referral's stream: drafted, requested, link sent, link used, accepted."""
PATIENCE: Final = 60.0
WRONG: Final = ("1", "first", "FIRST CODE!", "", "x" * 90, "second", "first code")
WAYS: Final = ("scanned", "twice", "revoked", "expired", "wrong code", "other's code", "guessed")


class Asked(NamedTuple):
    referral: str
    token: str


class Attempts:
    """Referrals to an organisation without accounts, and pages asked for as a stranger's program does."""

    def __init__(self, desk: Desk, platform: Platform, web: httpx.Client) -> None:
        self._desk, self._tokens = desk, Tokens(settings_of(platform).folder("signing_keys"))
        self._web = web
        self.made, self.through = 0, 0
        for organisation, code in CODES.items():
            self.send(
                partners.RegisterOrganisation(
                    organisation=organisation, kind="ngo", name="Links", email=f"a@{organisation[-2:]}.example"
                ),
                OPERATOR,
            )
            self.send(partners.SetReplyChannel(organisation=organisation, language="da", code=code), OPERATOR)
        registered = consents.RegisterCitizen(name="Linked")
        registered.identifier.CopyFrom(consents.Identifier(system="urn:test", value=str(uuid4())))
        self.citizen = self.send(registered, SENDER)
        consent = consents.GiveConsent(citizen=self.citizen, kind="gdpr_consent", grantee=NGO, given_how="written")
        consent.purposes.append("mentoring")
        consent.categories.extend(["family", "referral"])
        consent.notice_version = "2026-1"
        consent.period.CopyFrom(period(None, datetime.now(UTC) + timedelta(days=300)))
        self.send(consent, SENDER)

    def send(self, command: Any, person: Person) -> str:
        return self._desk.send(command, person, command_id=str(uuid4())).id

    def asked(self, soon: float = 0) -> Asked:
        """A referral whose link was sent. `soon`: seconds until its deadline."""
        draft = referrals.DraftReferral(citizen=self.citizen, recipient=NGO, purpose="mentoring", reason=REASON)
        draft.categories.append("family")
        request = referrals.RequestReferral(referral=self.send(draft, SENDER))
        if soon:
            request.reply_by.CopyFrom(timestamp(datetime.now(UTC) + timedelta(seconds=soon)))
        self.send(request, SENDER)
        return Asked(request.referral, self.token(request.referral, REQUESTED))

    def token(self, referral: str, version: int) -> str:
        """Once it was sent."""
        token, deadline = self._tokens.of(link_of(referral, version)), time.monotonic() + PATIENCE
        holder = Person("link", "", "light_reply")
        while True:
            try:
                self._desk.ask(referrals.GetReplyLink(token=token), referrals.ReplyLink, holder)
            except Exception as error:
                if getattr(error, "reason", "") != "LINK_UNKNOWN" or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return token

    def status(self, referral: str) -> str:
        return self._desk.ask(referrals.GetReferral(referral=referral), referrals.Referral, SENDER).status

    def post(self, token: str, fields: dict[str, str], query: str = "") -> httpx.Response:
        """As a browser sends the form of the page."""
        page = self._web.get(f"/svar/{token}{query}").text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        data = {name: unescape(value) for name, value in hidden.items()} | fields
        return self._web.post(f"/svar/{token}{query}", data=data)

    def harmless(self, holds: bool) -> None:
        self.made += 1
        self.through += not holds

    def scanned(self) -> None:
        one = self.asked()
        for method in ("GET", "HEAD", "OPTIONS"):
            for query in ("", "?do=renew", "?answer=accept", "?do=open&code=first code"):
                answer = self._web.request(method, f"/svar/{one.token}{query}", headers={"purpose": "prefetch"})
                self.harmless(self.status(one.referral) == "requested" and REASON not in answer.text)

    def twice(self) -> None:
        one = self.asked()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda answer: self.post(one.token, answer), [{"answer": "accept"}] * 4))
        first = self.status(one.referral)
        self.post(one.token, {"answer": "reject", "reason": "other"})
        self.harmless(first == self.status(one.referral) == "accepted")

    def revoked(self) -> None:
        one = self.asked()
        self.send(referrals.RevokeReplyLinks(referral=one.referral), SENDER)
        self.post(one.token, {"answer": "accept"})
        self.harmless(self.status(one.referral) == "requested")

    def expired(self) -> None:
        one = self.asked(soon=4)
        time.sleep(4)
        self.post(one.token, {"answer": "accept"})
        self.harmless(self.status(one.referral) == "requested")

    def wrong_code(
        self, codes: tuple[str, ...] = ("1", "first", "FIRST CODE!", "", "x" * 90, "second", "first code")
    ) -> None:
        """Five that are wrong, an empty one, which is no try, and last the right one, when the link is locked."""
        one = self.asked()
        self.post(one.token, {"answer": "accept"})
        for code in codes:
            self.harmless(REASON not in self.post(one.token, {"code": code}).text)

    def others_code(self) -> None:
        self.wrong_code((CODES[OTHERS],) * 5 + (CODES[NGO],))

    def guessed(self) -> None:
        one = self.asked()
        near = [one.token[:-1] + last for last in "ABCD" if last != one.token[-1]]
        for token in (*near, one.token[::-1], one.token.swapcase(), self._tokens.of(str(uuid4()))):
            answer = self._web.get(f"/svar/{token}")
            self.harmless(answer.status_code in (404, 429))


def opens_nothing_for_strangers(platform: Platform, full: bool) -> Figure:
    rounds = 20 if full else 1
    web = httpx.Client(base_url=platform.address, follow_redirects=True, timeout=20)
    with web, Desk(settings_of(platform)) as desk:
        attempts = Attempts(desk, platform, web)
        ways: list[Callable[[], None]] = [
            attempts.scanned,
            attempts.twice,
            attempts.revoked,
            attempts.expired,
            attempts.wrong_code,
            attempts.others_code,
            attempts.guessed,
        ]
        for _ in range(rounds):
            for way in ways:
                way()
    text = f"{attempts.made} attempts on links ({', '.join(WAYS)}): {attempts.through} got through"
    return Figure(text, attempts.through == 0 and attempts.made > 0)
