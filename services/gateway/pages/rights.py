"""Erasure and restriction (GDPR art. 17 and 18): asked for by the citizen, decided by each controller for itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import bases, head, standing
from services.gateway.pages.consent_giving import GIVERS
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import long_date, moment
from services.gateway.web.forms import Field, Form, Option, choose, options_of, words
from services.gateway.web.languages import gettext, known, word

READERS: Final = PROFESSIONAL | {"auditor", "citizen"}
DECIDERS: Final = frozenset({"coordinator", "auditor"})
MONTH: Final = timedelta(days=30)
"""Until when a request is to be answered: a month (GDPR art. 12(3)), counted as 30 days."""
OUTCOMES: Final = {
    "erasure": ("granted", "refused", "restricted", "legal_hold"),
    "restriction": ("restricted", "refused"),
}
"""What each right can be answered with (services/consents/rights.py)."""


def rights(visit: Visit) -> Response:
    shared = head(visit, "/rights", gettext("My rights"))
    found = requests(visit)
    names = visit.organisations(part.controller for one in found for part in one.parts)
    return visit.page(
        "rights.html",
        **shared,
        may_ask=visit.who.role in GIVERS,
        may_take=visit.who.role in ("citizen", "auditor"),
        requests=[
            {
                "id": one.id,
                "right": one.right,
                "status": one.status,
                "invoked": moment(one.invoked),
                "parts": [shown(visit, part, names) for part in one.parts],
            }
            for one in found
        ],
    )


def requests(visit: Visit) -> list[consents_pb2.RightRequest]:
    """As far as the reader may know of them, the newest first. Raises Refused."""
    return list(visit.ask(consents_pb2.ListRights(citizen=visit.path("citizen")), consents_pb2.RightList).requests)


def shown(visit: Visit, part: consents_pb2.RightPart, names: Mapping[str, str]) -> dict[str, Any]:
    mine = part.controller == visit.who.organisation and visit.who.role in DECIDERS
    return {
        "controller": names.get(part.controller, "") or gettext("an organisation that is not in the directory"),
        "outcome": part.outcome,
        "ground": ground_of(part.ground),
        "decided": moment(part.decided),
        "lifted": moment(part.lifted),
        "may_decide": mine and not part.outcome,
        "may_lift": mine and part.outcome == "restricted" and not part.lifted.seconds,
    }


def ground_of(code: str) -> str:
    """The ground in words; the code where a data file has grown since."""
    keys = (f"ground.{right}.{code}" for right in OUTCOMES)
    return next((gettext(key) for key in keys if known(key)), code)


def ask(visit: Visit) -> Response:
    back, shared = f"/citizens/{visit.path('citizen')}/rights", head(visit, "", "")
    fields = (
        Field(name="right", label=gettext("What you ask for"), kind="one_of_few", options=words("right")),
        Field(
            name="controllers",
            label=gettext("Who is asked"),
            hint=gettext("Mark nobody to ask everybody who keeps text about the citizen."),
            kind="many",
            options=controllers(visit),
        ),
    )
    form = Form(fields, visit.filled)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Ask for erasure or restriction"),
            subject=shared["name"],
            lead=gettext(
                "Erasure makes text unreadable for good. Restriction keeps it, and nobody reads it for as long as it"
                " lasts. Each organisation decides for itself, within a month, and says why if the answer is no."
            ),
            submit=gettext("Send the request"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.InvokeRight(),
        again,
        lambda _id: visit.go(back, "notice.RIGHT_INVOKED"),
        citizen=visit.path("citizen"),
    )


def controllers(visit: Visit) -> tuple[Option, ...]:
    """Organisations that have, or had, something to do with the citizen, by name."""
    ids = [standing(visit).registered_by, *(one.organisation for one in bases(visit))]
    named = sorted(visit.organisations(ids).items(), key=lambda pair: pair[1])
    return tuple(Option(one, name) for one, name in named)


def decide(visit: Visit) -> Response:
    request = own_part(visit)
    back, name = f"/citizens/{visit.path('citizen')}/rights", head(visit, "", "")["name"]
    fields = (
        Field(
            name="outcome",
            label=gettext("Decision"),
            kind="one_of_few",
            options=words("right_outcome", OUTCOMES.get(request.right, ())),
        ),
        Field(
            name="ground",
            label=gettext("Ground"),
            hint=gettext("A refusal needs one. The citizen reads it."),
            kind="one",
            options=choose(options_of(f"ground.{request.right}.")),
            optional=True,
        ),
    )
    form = Form(fields, visit.filled)
    invoked = moment(request.invoked)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Decide a request"),
            subject=name,
            facts=[
                (gettext("Asked for"), word("right", request.right)),
                (gettext("Asked"), long_date(invoked) if invoked else ""),
                (gettext("Answer by"), long_date(invoked + MONTH) if invoked else ""),
            ],
            warning=gettext(
                "Granting an erasure destroys the key to everything that your organisation wrote about the citizen."
                " Nobody can read it again, and it cannot be undone."
            )
            if request.right == "erasure"
            else "",
            submit=gettext("Save the decision"),
            variant="warning" if request.right == "erasure" else "primary",
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.DecideRight(),
        again,
        lambda _id: visit.go(back, "notice.RIGHT_DECIDED"),
        citizen=visit.path("citizen"),
        request=request.id,
        controller=visit.who.organisation,
    )


def own_part(visit: Visit) -> consents_pb2.RightRequest:
    """The request of the address, which the person's own organisation was asked. Raises Refused."""
    wanted, own = visit.path("request"), visit.who.organisation
    for one in requests(visit):
        if one.id == wanted and any(part.controller == own for part in one.parts):
            return one
    raise Refused(Kind.UNKNOWN, "RIGHT_UNKNOWN", "")


def lift(visit: Visit) -> Response:
    citizen, request = visit.path("citizen"), own_part(visit)
    return confirm(
        visit,
        consents_pb2.LiftRestriction(citizen=citizen, request=request.id, controller=visit.who.organisation),
        notice="notice.RESTRICTION_LIFTED",
        back=f"/citizens/{citizen}/rights",
        title=gettext("Lift a restriction"),
        subject=head(visit, "", "")["name"],
        lead=gettext("Whoever may read what your organisation wrote can read it again. The citizen is told."),
        submit=gettext("Lift it"),
    )


def waiting(visit: Visit) -> Response:
    question = consents_pb2.ListRightsToDecide(page=common_pb2.PageRequest(size=50, token=visit.query("page")))
    answer = visit.ask(question, consents_pb2.RightsToDecide)
    names, now = visit.names(one.citizen for one in answer.requests), datetime.now(UTC)
    rows = []
    for one in answer.requests:
        invoked = moment(one.invoked)
        due = invoked + MONTH if invoked else None
        rows.append(
            {
                "href": f"/citizens/{one.citizen}/rights/{one.request}/decide",
                "name": names.get(one.citizen, ""),
                "right": one.right,
                "due": due,
                "late": bool(due and due < now),
            }
        )
    return visit.page("rights_waiting.html", rows=rows, next=answer.page.next)


PAGES: Final = (
    Page("/rights", waiting, DECIDERS),
    Page("/citizens/{citizen}/rights", rights, READERS),
    Page("/citizens/{citizen}/rights/new", ask, GIVERS, ask),
    Page("/citizens/{citizen}/rights/{request}/decide", decide, DECIDERS, decide),
    Page("/citizens/{citizen}/rights/{request}/lift", lift, DECIDERS, lift),
)
