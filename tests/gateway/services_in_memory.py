"""The five services as the gateway sees them, small enough to read: one citizen, four organisations, one story.

Implements libs.host.calls.Clients. What the real services decide is theirs to test; here an answer is what it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.message import Message
from samspor.cases.v1 import cases_pb2 as cases
from samspor.common.v1 import common_pb2 as common
from samspor.consents.v1 import consents_pb2 as consents
from samspor.partners.v1 import partners_pb2 as partners
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from libs.eventlog import Context, Kind
from libs.host.calls import Answer
from libs.host.errors import Refused
from services.referrals.queries import STAGES
from tests.gateway.links_in_memory import Links
from tests.gateway.oversight_in_memory import Oversight
from tests.gateway.partnering_in_memory import ASKS, Partnering
from tests.gateway.rooms_in_memory import Rooms
from tests.gateway.steering_in_memory import Steering
from tests.gateway.world import (
    ACTION,
    CANDIDACY,
    CASE,
    CITIZEN,
    CONSENT,
    EMERGENCY,
    FAMILY,
    JOBS,
    MEMBERS,
    NGO,
    ORGANISATIONS,
    REFERRAL,
    REQUEST,
    as_the_ngo_sees,
    entries,
    stamp,
    uid,
)

SITES: Final = (
    partners.Site(location=uid("site"), name="Huset", address="Vej <b>1</b>, 5000 Odense"),
    partners.Site(location=uid("secret site"), redacted=True),
)
STATUSES: Final = {REFERRAL: "requested", CONSENT: "given", REQUEST: "requested", EMERGENCY: ""}


def snake(name: str) -> str:
    """GetTimeline -> _get_timeline: the method that answers a request."""
    return re.sub("(?=[A-Z])", "_", name).lower()


@dataclass
class InMemory(Steering, Oversight, Partnering, Links, Rooms):
    """`away`: services that do not answer. `refuse`: message type -> the refusal it is answered with."""

    away: set[str] = field(default_factory=set)
    refuse: dict[str, Refused] = field(default_factory=dict)
    asked: list[Message] = field(default_factory=list)
    callers: list[Context] = field(default_factory=list)
    entries: list[timeline.Entry] = field(default_factory=entries)
    statuses: dict[str, str] = field(default_factory=lambda: dict(STATUSES))
    titles: dict[str, str] = field(default_factory=dict)
    offered: list[partners.Service] = field(default_factory=list)
    """In place of the one that the directory has."""
    referral: dict[str, Any] = field(default_factory=dict)
    """What is different about the referral."""

    def ask(self, request: Message, answer: type[Answer], caller: Context, deadline: float = 2.0) -> Answer:
        self.asked.append(request)
        self.callers.append(caller)
        service = request.DESCRIPTOR.full_name.split(".")[1]
        if service in self.away:
            raise Refused(Kind.UNAVAILABLE, "SERVICE_UNAVAILABLE", "", {"service": service})
        name = request.DESCRIPTOR.name
        if name in self.refuse:
            raise self.refuse[name]
        answering: Callable[[Any, Context], Message] | None = getattr(self, snake(name), None)
        made = answering(request, caller) if answering else common.Recorded(id=uid(name), version=1, position=1)
        assert isinstance(made, answer), f"{name} is answered with {type(made).__name__}"
        return made

    def check(self, service: str) -> None:
        if service in self.away:
            raise Refused(Kind.UNAVAILABLE, "SERVICE_UNAVAILABLE", "")

    def close(self) -> None: ...

    def last(self, kind: type[Answer]) -> Answer:
        """The newest request of a type."""
        return next(one for one in reversed(self.asked) if isinstance(one, kind))

    def _get_timeline(self, question: timeline.GetTimeline, caller: Context) -> timeline.Timeline:
        self._may_know(question.citizen, caller)
        found = as_the_ngo_sees(self.entries) if caller.organisation == NGO else self.entries
        if question.categories:
            found = [one for one in found if one.category in question.categories]
        return timeline.Timeline(
            entries=found, organisations=ORGANISATIONS, categories=sorted({one.category for one in self.entries})
        )

    def _register_citizen(self, _command: consents.RegisterCitizen, _caller: Context) -> common.Recorded:
        return common.Recorded(id=CITIZEN, version=1, position=1)

    def _check_basis(self, question: consents.CheckBasis, _caller: Context) -> consents.BasisChecked:
        may = {NGO: {"family", "housing", "education"}, JOBS: {"employment", "education"}}
        missing = [one for one in question.categories if one not in may.get(question.organisation, set())]
        return consents.BasisChecked(missing=missing, reason="CONSENT_MISSING" if missing else "")

    def _list_access(self, question: consents.ListAccess, caller: Context) -> consents.AccessList:
        self._may_know(question.citizen, caller)
        access = consents.Access(
            id=uid("access"),
            time=stamp(0.01),
            organisation=NGO,
            actor="p-ngo",
            purpose="mentoring",
            seen={"family": 3},
            withheld={"economy": 1},
        )
        return consents.AccessList(accesses=[access])

    def _list_cases(self, question: cases.ListCases, _caller: Context) -> cases.CaseList:
        if question.status not in ("", "open") or question.citizen not in ("", CITIZEN):
            return cases.CaseList()
        line = cases.CaseLine(
            id=CASE,
            citizen=CITIZEN,
            subject_code="27.24.00",
            status="open",
            organisation=FAMILY,
            opened=stamp(141),
            changed=stamp(0.1),
            actions_open=1,
            next_due=stamp(2),
        )
        return cases.CaseList(cases=[line], total=1)

    def _get_case(self, question: cases.GetCase, _caller: Context) -> cases.Case:
        if question.case != CASE:
            raise Refused(Kind.UNKNOWN, "CASE_UNKNOWN", "")
        return cases.Case(
            id=CASE,
            version=4,
            citizen=CITIZEN,
            subject_code="27.24.00",
            category="family",
            status="open",
            organisation=FAMILY,
            opened=stamp(141),
            participants=[
                cases.Participant(organisation=FAMILY, role="coordinator", legal_basis="barnets-lov-stoette"),
                cases.Participant(organisation=JOBS, role="caseworker", legal_basis="beskaeftigelsesindsats"),
            ],
            actions=[cases.Action(id=ACTION, owner=JOBS, due=stamp(2))],
            referrals=[
                cases.ReferralOutcome(
                    referral=REFERRAL, recipient=NGO, status="completed", outcome="partly_reached", at=stamp(1)
                ),
                cases.ReferralOutcome(referral=uid("nobody's"), status="rejected", reason="no_capacity", at=stamp(2)),
            ],
        )

    def _referral(self) -> referrals.Referral:
        known: dict[str, Any] = {
            "id": REFERRAL,
            "version": 2,
            "citizen": CITIZEN,
            "case": CASE,
            "sender": FAMILY,
            "recipient": NGO,
            "purpose": "mentoring",
            "categories": ["family", "housing", "education"],
            "status": self.statuses[REFERRAL],
            "changed": stamp(1),
            "reply_by": stamp(-1),
        }
        return referrals.Referral(**known | self.referral)

    def _get_referral(self, question: referrals.GetReferral, _caller: Context) -> referrals.Referral:
        found = self._referral()
        found.id = question.referral
        return found

    def _list_referrals(self, question: referrals.ListReferrals, caller: Context) -> referrals.ReferralList:
        one = self._referral()
        mine = one.recipient if question.box == "inbox" else one.sender
        fits = mine == caller.organisation and question.status in ("", one.status)
        fits = fits and (not question.stage or one.status in STAGES[question.stage])
        fits = fits and (not question.stage or bool(one.business_status) == (question.stage == "waitlisted"))
        fits = fits and question.service in ("", one.service) and question.colleague in ("", caller.actor)
        page = common.PageAnswer(next=f"{question.page.token}x" if fits and question.stage else "")
        found, who = ([one], {one.id: caller.actor}) if fits else ([], {})
        return referrals.ReferralList(referrals=found, total=int(fits), page=page, colleagues=who)

    def _list_candidacies(self, question: referrals.ListCandidacies, caller: Context) -> referrals.CandidacyList:
        one = referrals.Candidacy(
            referral=CANDIDACY,
            standing="open",
            purpose="mentoring",
            categories=["housing"],
            priority="urgent",
            reply_by=stamp(-1),
        )
        gone = referrals.Candidacy(referral=uid("taken"), standing="taken")
        asked = caller.organisation == NGO and question.referral in ("", CANDIDACY)
        return referrals.CandidacyList(candidacies=[one, gone] if asked else [])

    def _list_webhooks(self, _question: referrals.ListWebhooks, _caller: Context) -> referrals.WebhookList:
        told = referrals.Webhook(id=uid("webhook"), url="https://a.example/in", secret="whsec_c2VjcmV0", delivered=3)
        gone = referrals.Webhook(id=uid("gone webhook"), url="https://b.example/in", ended="gone", waiting=2)
        return referrals.WebhookList(webhooks=[told, gone])

    def _list_deliveries(self, question: referrals.ListDeliveries, _caller: Context) -> referrals.DeliveryList:
        attempts = [
            referrals.DeliveryAttempt(number=2, time=stamp(1), problem="blocked"),
            referrals.DeliveryAttempt(number=1, time=stamp(1), status=503),
        ]
        waiting = referrals.Delivery(
            id=uid("delivery"),
            type="referral.requested",
            referral=REFERRAL,
            made=stamp(1),
            status="waiting",
            tries=2,
            next_try=stamp(-1),
            attempts=attempts,
        )
        return referrals.DeliveryList(deliveries=[waiting] if question.webhook == uid("webhook") else [])

    def _list_members(self, question: partners.ListMembers, _caller: Context) -> partners.MemberList:
        found = [member for member in MEMBERS if question.organisation in ("", member[0])]
        return partners.MemberList(
            members=[partners.Member(organisation=o, person=p, name=n, role=r) for o, p, n, r in found]
        )

    def _list_organisations(self, question: partners.ListOrganisations, _caller: Context) -> partners.OrganisationList:
        ids = question.ids or list(ORGANISATIONS)
        known = [one for one in ids if one in ORGANISATIONS]
        found = [partners.Organisation(id=i, name=ORGANISATIONS[i][0], kind=ORGANISATIONS[i][1]) for i in known]
        return partners.OrganisationList(organisations=found, total=len(found))

    def _get_organisation(self, question: partners.GetOrganisation, _caller: Context) -> partners.Organisation:
        if question.organisation not in ORGANISATIONS:
            raise Refused(Kind.UNKNOWN, "ORGANISATION_UNKNOWN", "")
        name, kind = ORGANISATIONS[question.organisation]
        profile = partners.RoleProfile(
            can="Mentorer til unge mødre.", cannot="Myndighed.", frame="Frivillige.", roles=["mentor"]
        )
        services = self._search_services(partners.SearchServices(), _caller).services
        return partners.Organisation(
            id=question.organisation, name=name, kind=kind, role_profile=profile, services=services, sites=SITES
        )

    def _search_services(self, question: partners.SearchServices, _caller: Context) -> partners.ServiceList:
        if self.offered:
            return partners.ServiceList(services=self.offered, total=len(self.offered))
        service = partners.Service(
            id=uid("service"),
            organisation=NGO,
            organisation_name=ORGANISATIONS[NGO][0],
            name="Mentor for unge mødre",
            description="En frivillig mentor et år.",
            status="active",
            categories=["family", "housing"],
            eligibility=partners.Eligibility(genders=["female"]),
            eligible=ASKS,
        )
        found = [service] if not question.ids or service.id in question.ids else []
        return partners.ServiceList(services=found, total=len(found))
