"""What a citizen hides, and from whom: set a block, lift it."""

from typing import Any, Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from libs.eventlog import Kind
from libs.host.errors import Refused
from services.gateway.pages.citizen import bases, head, standing
from services.gateway.pages.consent_giving import GIVERS, consents_of
from services.gateway.pages.forms import confirm, form_page, record
from services.gateway.pages.organisations import organisation_options
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import moment
from services.gateway.web.forms import Field, Form, Option, words
from services.gateway.web.languages import gettext, listed

CONSENT_KINDS: Final = ("gdpr_consent", "procedural_consent")


def shown(visit: Visit, one: consents_pb2.Block) -> dict[str, Any]:
    names = visit.organisations([one.organisation] if one.organisation else [])
    return {
        "id": one.id,
        "organisation": names.get(one.organisation, "") if one.organisation else gettext("Every organisation"),
        "categories": listed("category", one.categories) or gettext("everything"),
        "begins": moment(getattr(one.period, "from")),
        "lifted": moment(one.period.until),
    }


def lawful(visit: Visit) -> str:
    """The organisations that a block hides nothing from: the law lets them know."""
    now = [one.organisation for one in bases(visit) if one.kind not in CONSENT_KINDS and one.status == "active"]
    return ", ".join(sorted({name for name in visit.organisations(now).values() if name}))


def hide(visit: Visit) -> Response:
    back, shared = consents_of(visit), head(visit, "", "")
    fields = (
        Field(
            name="organisation",
            label=gettext("From whom"),
            kind="one",
            options=(Option("", gettext("Every organisation")), *organisation_options(visit)),
        ),
        Field(
            name="categories",
            label=gettext("What is hidden"),
            hint=gettext("Mark nothing to hide everything from the organisation."),
            kind="many",
            options=words("category"),
        ),
    )
    form = Form(fields, visit.filled or {"organisation": [visit.query("organisation")]})

    def again() -> Response:
        exempt = lawful(visit)
        return form_page(
            visit,
            form,
            title=gettext("Hide something"),
            subject=shared["name"],
            lead=gettext("What a consent lets somebody read is hidden from the next page they load."),
            warning=gettext(
                "A block cannot hide what the law lets these know; it is on record that they read it all the same:"
                " %(organisations)s.",
                organisations=exempt,
            )
            if exempt
            else "",
            submit=gettext("Hide it"),
            back=back,
        )

    if visit.request.method == "GET":
        return again()
    return record(
        visit,
        form,
        consents_pb2.SetBlock(),
        again,
        lambda _id: visit.go(back, "notice.BLOCK_SET"),
        citizen=visit.path("citizen"),
    )


def lift(visit: Visit) -> Response:
    citizen, shared = visit.path("citizen"), head(visit, "", "")
    wanted = visit.path("block")
    one = next((one for one in standing(visit).blocks if one.id == wanted), None)
    if one is None:
        raise Refused(Kind.UNKNOWN, "BLOCK_UNKNOWN", "")
    block = shown(visit, one)
    return confirm(
        visit,
        consents_pb2.LiftBlock(citizen=citizen, block=one.id),
        notice="notice.BLOCK_LIFTED",
        back=consents_of(visit),
        title=gettext("Show it again"),
        subject=shared["name"],
        facts=[(gettext("From whom"), block["organisation"]), (gettext("What is hidden"), block["categories"])],
        lead=gettext("Whoever has your consent can read it again. You can hide it again at any time.")
        if shared["oneself"]
        else gettext("Whoever has the citizen's consent can read it again. It can be hidden again at any time."),
        submit=gettext("Show it again"),
    )


PAGES: Final = (
    Page("/citizens/{citizen}/blocks/new", hide, GIVERS, hide),
    Page("/citizens/{citizen}/blocks/{block}/lift", lift, GIVERS, lift),
)
