"""Two sides do anything in any order: what is in force is what both of them signed, and nothing else ever was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Event, Refusal
from libs.spec.scenario import CONTEXT
from services.partners.agreements.agreement import AGREEMENT, Agreement, Signing
from tests.partners.agreed import ID, OTHERS, OURS, PARTIES, THEIRS, drafting, terms

SIDES = st.sampled_from([OURS, THEIRS, OTHERS])


class Sides(RuleBasedStateMachine):
    """The model: a list of titles that were written, what waits to be signed, by whom, and what both signed."""

    def __init__(self) -> None:
        super().__init__()
        self.agreement = Agreement()
        self.titles: list[str] = []
        self.signed: set[str] = set()
        self.in_force = ""
        self.open = True
        """Whether the terms may be changed: a draft, or in a review."""
        self.reviewing = self.recorded = self.ended = False

    def tell(self, command: Any, side: str, *, allowed: bool) -> None:
        refused = ""
        events: Sequence[Event] = ()
        try:
            events = AGREEMENT.decide(self.agreement, command, replace(CONTEXT, organisation=side))
        except Refusal as refusal:
            refused = refusal.reason
        assert allowed == (not refused), refused
        for event in events:
            self.agreement = AGREEMENT.evolve(self.agreement, event)

    def may(self, side: str) -> bool:
        return side in PARTIES and not self.ended

    @property
    def proposed(self) -> bool:
        return bool(self.signed)

    @initialize()
    def draft(self) -> None:
        self.tell(drafting(title="1"), OURS, allowed=True)
        self.titles = ["1"]

    @rule(side=SIDES)
    def change(self, side: str) -> None:
        allowed = self.may(side) and self.open and (self.reviewing or not self.proposed)
        title = str(len(self.titles) + 1)
        self.tell(partners.ChangeAgreement(agreement=ID, terms=terms(title=title)), side, allowed=allowed)
        if allowed:
            self.titles.append(title)
            self.signed = set()

    @rule(side=SIDES, behind=st.booleans())
    def propose(self, side: str, behind: bool) -> None:
        allowed = self.may(side) and self.open and not self.proposed and not behind
        allowed = allowed and (self.recorded or not self.reviewing)
        revision = len(self.titles) - behind
        self.tell(Signing(partners.ProposeAgreement(agreement=ID, revision=revision), "x"), side, allowed=allowed)
        if allowed:
            self.signed = {side}

    @rule(side=SIDES, behind=st.booleans())
    def sign(self, side: str, behind: bool) -> None:
        allowed = self.may(side) and self.proposed and side not in self.signed and not behind
        revision = len(self.titles) - behind
        self.tell(Signing(partners.SignAgreement(agreement=ID, revision=revision), "x"), side, allowed=allowed)
        if allowed:
            self.in_force, self.signed = self.titles[-1], set()
            self.open = self.reviewing = False

    @rule(side=SIDES)
    def decline(self, side: str) -> None:
        allowed = self.may(side) and self.proposed
        self.tell(partners.DeclineAgreement(agreement=ID), side, allowed=allowed)
        if allowed:
            self.signed = set()

    @rule(side=SIDES)
    def comment(self, side: str) -> None:
        """It changes nothing."""
        self.tell(partners.CommentAgreement(agreement=ID, note="x"), side, allowed=self.may(side))

    @rule(side=SIDES)
    def begin_review(self, side: str) -> None:
        allowed = self.may(side) and bool(self.in_force) and not self.reviewing
        self.tell(partners.BeginReview(agreement=ID), side, allowed=allowed)
        if allowed:
            self.open = self.reviewing = True
            self.recorded = False

    @rule(side=SIDES)
    def record_review(self, side: str) -> None:
        allowed = self.may(side) and self.reviewing
        self.tell(partners.RecordReview(agreement=ID, agreed="x"), side, allowed=allowed)
        self.recorded = self.recorded or allowed

    @rule(side=SIDES)
    def end(self, side: str) -> None:
        allowed = self.may(side) and self.reviewing
        self.tell(partners.EndAgreement(agreement=ID, reason="other"), side, allowed=allowed)
        if allowed:
            self.ended, self.reviewing, self.open, self.signed = True, False, False, set()

    @invariant()
    def the_agreement_is_as_the_model_says(self) -> None:
        agreed = self.agreement.agreed.title if self.agreement.agreed else ""
        assert agreed == self.in_force
        assert set(self.agreement.signed) == self.signed
        assert self.agreement.revision == len(self.titles)
        assert (self.agreement.status == "ended") == self.ended
        assert (self.agreement.status == "under_review") == self.reviewing


TestSides = Sides.TestCase
TestSides.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
