"""Agreements, the portal and matching as the gateway sees them: one agreement that waits for the family unit's name."""

from typing import Final

from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context, Kind
from libs.host.errors import Refused
from tests.gateway.agreements_in_memory import AGREEMENTS
from tests.gateway.world import AGREEMENT, FAMILY, HOUSING, NGO, period, stamp, uid

ASKS: Final = partners.EligibilityAnswer(
    verdict="to_be_asked",
    terms=[
        partners.EligibilityTerm(kind="age"),
        partners.EligibilityTerm(kind="no_situation", situation="substance_use"),
    ],
)


class Partnering:
    def _get_agreement(self, question: partners.GetAgreement, _caller: Context) -> partners.Agreement:
        if question.agreement not in AGREEMENTS:
            raise Refused(Kind.UNKNOWN, "AGREEMENT_UNKNOWN", "")
        return AGREEMENTS[question.agreement]()

    def _list_agreements(self, _question: partners.ListAgreements, _caller: Context) -> partners.AgreementList:
        lines = [
            partners.AgreementLine(
                id=AGREEMENT,
                parties=[NGO, FAMILY],
                status=status,
                title="Mentorer",
                degree="partnership",
                period=period(1, -300),
                next_review=due,
                signed=signed,
            )
            for status, due, signed in (("proposed", None, [NGO]), ("active", stamp(3), []), ("active", stamp(-90), []))
        ]
        return partners.AgreementList(agreements=lines)

    def _match_partners(self, _question: partners.MatchPartners, _caller: Context) -> partners.MatchList:
        service = partners.Service(id=uid("service"), organisation=NGO, organisation_name="Netværket", name="Mentor")
        service.eligible.CopyFrom(ASKS)
        fits = partners.Match(service=service, score=70, reasons=["need", "agreement"], obstacles=["room_unknown"])
        misses = partners.Match(service=service, obstacles=["too_old"])
        return partners.MatchList(matches=[fits], misses=[misses])

    def _list_introductions(self, _question: partners.ListIntroductions, _caller: Context) -> partners.IntroductionList:
        asked = partners.Introduction(
            id=uid("introduction"),
            broker=HOUSING,
            parties=[NGO, FAMILY],
            reason="Et <i>lokale</i>",
            status="proposed",
            accepted=[FAMILY],
        )
        met = partners.Introduction(
            id=uid("met"),
            broker=HOUSING,
            parties=[NGO, FAMILY],
            status="introduced",
            contacts=["Netværket: a@b.example"],
        )
        return partners.IntroductionList(introductions=[asked, met])

    def _list_offers(self, _question: partners.ListOffers, _caller: Context) -> partners.PortalOfferList:
        offers = [
            partners.PortalOffer(
                id=uid(website),
                organisation=NGO,
                organisation_name="Netværket",
                direction="offer",
                kind="premises",
                title="Et <i>lokale</i>",
                period=period(1, -300),
                contact="website",
                website=website,
            )
            for website in ("https://netvaerk.example", "javascript:alert(1)")
        ]
        return partners.PortalOfferList(offers=offers)

    def _list_unconfirmed(self, _question: partners.ListUnconfirmed, _caller: Context) -> partners.UnconfirmedList:
        entries = [
            partners.UnconfirmedEntry(organisation=NGO, service=service, name=name, confirmed=stamp(200))
            for service, name in (("", "Netværket"), (uid("service"), "En <i>mentor</i>"))
        ]
        return partners.UnconfirmedList(entries=entries, total=2)
