"""In whose name a policy commands a referral: the sender's, whose referral it is."""

from datetime import datetime

from libs.eventlog import Context


def context_of(
    sender: str, policy: str, command_id: str, now: datetime, *, correlationid: str = "", traceparent: str = ""
) -> Context:
    return Context(
        command_id=command_id,
        actor=f"policy:{policy}",
        organisation=sender,
        role="service",
        now=now,
        occurred=now,
        correlationid=correlationid,
        traceparent=traceparent,
    )
