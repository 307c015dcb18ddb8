"""The period in which somebody takes part."""

from datetime import datetime

from samspor.common.v1 import common_pb2 as common

from libs.host.times import ends
from services.cases.errors import PeriodMalformed


def period_of(asked: common.Period, begins: datetime) -> tuple[datetime, datetime | None]:
    """(since, until); what is not said begins with `begins` and has no end. Raises PeriodMalformed."""
    since, until = ends(asked)
    since = since or begins
    if until is not None and until <= since:
        raise PeriodMalformed
    return since, until
