"""Periods as requests carry them."""

from datetime import datetime

from samspor.common.v1 import common_pb2 as common

from libs.host import times
from services.consents.errors import PeriodMalformed


def ends(period: common.Period, now: datetime, *, closed: bool) -> tuple[datetime, datetime | None]:
    """(since, until) in UTC of a common.v1.Period; an open beginning is `now`. `closed`: it must have an end.

    Raises PeriodMalformed.
    """
    since, until = times.ends(period)
    since = since or now
    if until is None and closed:
        raise PeriodMalformed(problem="has no end: a consent is given for a time")
    if until is not None and until <= since:
        raise PeriodMalformed(problem="ends before it begins")
    if until is not None and until <= now:
        raise PeriodMalformed(problem="is over already")
    return since, until
