"""Room against a model that a reader can check at a glance: a number, and who is inside."""

from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Refusal
from libs.spec.scenario import CONTEXT
from services.partners.room.capacity import CAPACITY, Capacity, Declare, Release, Reserve
from services.partners.room.errors import CapacityExceeded, CapacityNotSaid
from services.partners.room.events import PlaceRefused, PlaceReserved

SERVICE: Final = "11890a5d-ac96-474b-8cce-b302099a8057"
OWNER: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
NUMBERS: Final = st.integers(0, 4)
REFERRALS: Final = st.sampled_from("abcdef")


class Room(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.capacity = Capacity()
        self.counted = False
        self.free = self.most = 0
        self.inside: set[str] = set()

    def give(self, command: Any) -> list[Any]:
        events = list(CAPACITY.decide(self.capacity, command, CONTEXT))
        for event in events:
            self.capacity = CAPACITY.evolve(self.capacity, event)
        return events

    @rule(available=st.none() | NUMBERS, more=st.integers(-3, 3), maximum=st.none() | NUMBERS)
    def declare(self, available: int | None, more: int, maximum: int | None) -> None:
        request = partners.DeclareCapacity(organisation=OWNER, service=SERVICE, more=more)
        if available is not None:
            request.available = available
        if maximum is not None:
            request.maximum = maximum
        free = max(0, self.free + more) if available is None else available
        most = self.most if maximum is None else maximum
        try:
            self.give(Declare(request))
        except CapacityNotSaid:
            assert not self.counted
            assert (available, more) == (None, 0)
        except CapacityExceeded:
            assert free + len(self.inside) > most > 0
        else:
            assert not most or free + len(self.inside) <= most
            self.counted, self.free, self.most = True, free, most

    @rule(referral=REFERRALS)
    def reserve(self, referral: str) -> None:
        (event,) = self.give(Reserve(SERVICE, referral))
        room = referral in self.inside or not self.counted or self.free > 0
        assert type(event) is (PlaceReserved if room else PlaceRefused)
        if room and referral not in self.inside:
            self.inside.add(referral)
            self.free -= self.counted

    @rule(referral=REFERRALS)
    def release(self, referral: str) -> None:
        assert len(self.give(Release(SERVICE, referral))) == (referral in self.inside)
        if referral in self.inside:
            self.inside.remove(referral)
            self.free += self.counted

    @invariant()
    def agrees(self) -> None:
        assert (self.capacity.available, self.capacity.held) == (self.free, frozenset(self.inside))
        assert self.free >= 0
        assert not self.most or self.free + len(self.inside) <= self.most

    @rule(referral=REFERRALS)
    def nobody_else_declares(self, referral: str) -> None:
        """A stranger changes nothing, whatever they say."""
        request = partners.DeclareCapacity(organisation=referral, service=SERVICE, available=4)
        if self.counted:
            try:
                self.give(Declare(request))
            except Refusal:
                return
            raise AssertionError("another organisation declared it")


TestRoom = Room.TestCase
TestRoom.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
