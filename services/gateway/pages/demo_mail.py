"""What a demonstration's mail server has caught. There is no such page where mail is really sent."""

import re
from typing import Final

from starlette.responses import Response

from services.gateway import refusals
from services.gateway.visit import Page, Visit

LINK: Final = re.compile(r"https?://\S+")


def mails(visit: Visit) -> Response:
    if visit.site.mailbox is None:
        return refusals.not_found(visit)
    shown = [(mail, LINK.findall(mail.text)) for mail in visit.site.mailbox.newest_first()]
    return visit.page("demo_mail.html", mails=shown)


PAGES: Final = (Page("/demo/mail", mails),)
