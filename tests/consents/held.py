"""A consent or a law as a model remembers it, beside the ground that it gives."""

from dataclasses import replace
from datetime import datetime

from tests.promises.oracle import Ground


class Held:
    def __init__(self, id_: str, ground: Ground) -> None:
        self.id, self.ground = id_, ground

    def end(self) -> None:
        self.ground = replace(self.ground, lasts=replace(self.ground.lasts, ended=True))

    def stands(self, now: datetime) -> bool:
        """Now or later."""
        lasts = self.ground.lasts
        return not lasts.ended and (lasts.until is None or now < lasts.until)

    def overlaps(self, new: Ground, now: datetime) -> bool:
        """Whether two consents would stand for the same at the same time."""
        old = self.ground
        assert old.lasts.until
        assert new.lasts.until
        at_once = old.lasts.since < new.lasts.until and new.lasts.since < old.lasts.until
        same = old.holder == new.holder and not set(old.categories).isdisjoint(new.categories)
        return self.stands(now) and at_once and same
