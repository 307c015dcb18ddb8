"""A link that the NGO was sent, as referrals answers for it."""

from typing import Any

from samspor.common.v1 import common_pb2 as common
from samspor.referrals.v1 import referrals_pb2 as referrals

from libs.eventlog import Context, Kind
from libs.host.errors import Refused
from tests.gateway.world import NAME, NGO, REFERRAL, stamp, uid

TOKEN = "T" * 43
CODE = "nordby 42"


class Links:
    """The part of InMemory that is about links."""

    statuses: dict[str, str]
    kind, status, referral_status, readable = "answer", "open", "requested", False

    def _held(self, request: Any, caller: Context) -> None:
        assert (caller.role, caller.organisation) == ("light_reply", ""), "a link has no other rights"
        if request.token != TOKEN:
            raise Refused(Kind.UNKNOWN, "LINK_UNKNOWN", "")

    def _get_reply_link(self, question: referrals.GetReplyLink, caller: Context) -> referrals.ReplyLink:
        self._held(question, caller)
        return referrals.ReplyLink(
            referral=REFERRAL,
            recipient=NGO,
            priority="urgent",
            until=stamp(-3),
            kind=self.kind,
            status=self.status,
            referral_status=self.referral_status,
            readable=self.readable,
        )

    def _act_by_link(self, command: referrals.ActByLink, caller: Context) -> common.Recorded:
        self._held(command, caller)
        if self.status != "open":
            raise Refused(Kind.CONFLICT, "LINK_OVER", "", {"status": self.status})
        self.status = "used"
        self.referral_status = "accepted" if command.HasField("accept") else "rejected"
        self.readable = command.HasField("accept")
        return common.Recorded(id=uid("referral"), version=3, position=3)

    def _open_by_link(self, question: referrals.OpenByLink, caller: Context) -> referrals.OpenedByLink:
        self._held(question, caller)
        if question.code != CODE:
            raise Refused(Kind.INVALID, "CODE_WRONG", "", {"left": "4"})
        return referrals.OpenedByLink(name=NAME, reason="Hun vil gerne have en mentor")

    def _list_calendars(self, _question: referrals.ListCalendars, _caller: Context) -> referrals.CalendarList:
        mine = referrals.Calendar(id=uid("calendar"), whose="own", token=TOKEN, opened=stamp(1))
        return referrals.CalendarList(calendars=[mine])

    def _read_calendar(self, question: referrals.ReadCalendar, caller: Context) -> referrals.ReferralList:
        assert (caller.role, caller.organisation) == ("calendar", ""), "an address has no other rights"
        if question.token != TOKEN:
            raise Refused(Kind.UNKNOWN, "CALENDAR_UNKNOWN", "")
        due = referrals.Referral(id=REFERRAL, version=2, changed=stamp(1), reply_by=stamp(-1))
        due.status = self.statuses[REFERRAL]
        return referrals.ReferralList(referrals=[due])
