"""What is wrong with an input, row by row: for people to mend, and for programs to count."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec


class Weight(StrEnum):
    REFUSED = "refused"
    """Not loaded."""
    LEFT_OUT = "left_out"
    """A detail of something else, which is loaded without it."""
    WARNING = "warning"
    """Loaded, with a value dropped, changed or supplied."""


class Finding(msgspec.Struct, frozen=True, order=True):
    file: str
    line: int
    """From 1, the header's line; of the first row it is about. 0: the file as a whole."""
    code: str
    weight: Weight
    message: str
    path: str = ""
    """JSON path (RFC 9535) in a file that has no lines of its own."""
    rows: int = 1
    """How many rows it is about."""


class Findings:
    """Findings in the order of files and lines."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._alike: dict[tuple[str, str], Finding] = {}

    def add(self, found: Finding) -> None:
        self._found.append(found)

    def add_alike(self, found: Finding) -> None:
        """One finding for all rows of the file with this code: what is missing in every row is said once."""
        key = found.file, found.message
        earlier = self._alike.get(key)
        self._alike[key] = msgspec.structs.replace(earlier, rows=earlier.rows + 1) if earlier else found

    def all(self) -> list[Finding]:
        return sorted([*self._found, *self._alike.values()])

    def __len__(self) -> int:
        return len(self._found) + len(self._alike)


def rows_by_weight(findings: Iterable[Finding]) -> Counter[Weight]:
    count: Counter[Weight] = Counter()
    for found in findings:
        count[found.weight] += found.rows
    return count


MESSAGES: Final = {
    "ages_crossed": "the minimum age is above the maximum age; both are kept, and neither is searched for",
    "bad_coordinates": "no place on earth has this {field}; it is kept, and leads nowhere",
    "bad_date": "{field} is no date as ISO 8601 writes it; it is kept as text",
    "bad_email": "{field} is no mail address; it is dropped",
    "bad_number": "{field} is no number; it is dropped",
    "bad_phone": "the number has fewer than three digits; the phone is left out",
    "bad_quotes": "a quote opens or closes in the wrong place; the row cannot be read",
    "bad_status": "{value} is none of active, inactive, defunct, temporarily closed",
    "bad_time": "{field} is no time of day; the schedule is left out",
    "bad_type": "{field} has the wrong type; it is dropped",
    "bad_uri": "{field} is no URI; it is dropped",
    "bad_url": "{field} is no address to link to; it is dropped",
    "bad_value": "{field} is none of {value}; it is dropped",
    "bad_weekday": "{value} is no day of the week; the schedule is left out",
    "conflicting_duplicate": "{kind} {id} says another {field} than before; the first one counts",
    "control_character": "{field} holds a NUL character",
    "dangling_reference": "{field} names {value}, which is nowhere in the input",
    "duplicate_id": "{kind} {id} is there already; the first one counts",
    "encoding": "the file is not UTF-8; it was read as Windows-1252",
    "extra_values": "the row has more values than the header has names",
    "field_too_long": "{field} has {value} characters; at most {most} are accepted",
    "id_missing": "there is no id; one was made from the content",
    "missing_field": "{field} is empty, which HSDS requires",
    "missing_id": "there is no id",
    "missing_name": "there is no name",
    "missing_reference": "it belongs to nothing: {field} is empty",
    "no_hours": "there are no hours; the schedule is left out",
    "not_json": "the file is no JSON",
    "parent_refused": "what it belongs to ({field} {value}) was refused",
    "refused_by_service": "{value}",
    "short_row": "the row has fewer values than the header has names; the rest counts as empty",
    "status_missing": "there is no status; active was taken",
    "too_large": "the organization with all that belongs to it is {value} characters; at most {most} are accepted",
    "unclear_time": "{field} is no time of day; it is kept as text",
    "unknown_field": "HSDS has no {field} in {kind}; it is left",
    "unknown_shape": "this is no HSDS organization, service, service_at_location, list of them or set of tables",
    "unknown_table": "HSDS 3.0 has no such table of an organization; the file is not read",
    "unreadable": "more than {most} rows cannot be read; the rest of the file is left",
    "wrong_header": "the first line must name the columns {value}",
    "empty_activity": "there is no activity (concept:name)",
    "future_time": "{value} is yet to come",
    "missing_case": "there is no case (case:concept:name)",
    "missing_time": "there is no time (time:timestamp)",
    "unreadable_time": "{value} is no time as ISO 8601 writes it",
}
"""Every code, and the sentence that explains it."""


def explain(code: str, **about: str | int) -> str:
    return MESSAGES[code].format(**about)
