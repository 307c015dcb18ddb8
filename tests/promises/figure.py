"""What a campaign answers: one line, and whether the promise held."""

from collections.abc import Callable
from typing import NamedTuple


class Figure(NamedTuple):
    text: str
    holds: bool


Campaign = Callable[[bool], Figure]
"""`campaign(full) -> figure`; `full` is the length `make promises` runs, otherwise that of `make test`."""
