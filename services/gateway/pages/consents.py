"""A citizen's consents and other bases, blocks, representatives and emergencies: what others may know, on one page."""

from typing import Any, Final

from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from services.gateway.pages import blocks, emergencies, representatives
from services.gateway.pages.blocks import CONSENT_KINDS
from services.gateway.pages.citizen import READERS, bases, head, standing
from services.gateway.pages.consent_ending import OVER, SEEING, STANDING
from services.gateway.pages.consent_giving import GIVERS, RENEWABLE
from services.gateway.person import CASEWORK, PROFESSIONAL
from services.gateway.timeline import law
from services.gateway.visit import Page, Visit
from services.gateway.web.dates import last_day_of, moment
from services.gateway.web.languages import gettext, listed, word


def consents(visit: Visit) -> Response:
    shared, arranged = head(visit, "/consents", gettext("My consents")), standing(visit)
    known = [shown(visit, one) for one in bases(visit)]
    in_force = [one for one in known if one["status"] in ("active", *STANDING)]
    hidden = [blocks.shown(visit, one) for one in arranged.blocks]
    acting = [representatives.shown(visit, one) for one in arranged.representations]
    return visit.page(
        "consents.html",
        **shared,
        may_give=visit.who.role in GIVERS,
        asked=[one for one in known if one["status"] == "requested"],
        consents=[one for one in in_force if one["is_consent"]],
        lawful=[one for one in in_force if not one["is_consent"]],
        past=[one for one in known if one["status"] not in ("requested", "active", *STANDING)],
        blocks=[one for one in hidden if not one["lifted"]],
        lifted=[one for one in hidden if one["lifted"]],
        representatives=[one for one in acting if one["status"] in representatives.STANDING],
        represented=[one for one in acting if one["status"] not in representatives.STANDING],
        emergencies=[emergencies.shown(visit, one) for one in arranged.emergencies],
    )


def shown(visit: Visit, one: consents_pb2.Basis) -> dict[str, Any]:
    names, role = visit.organisations([one.organisation, *one.sources]), visit.who.role
    is_consent = one.kind in CONSENT_KINDS
    return {
        "id": one.id,
        "is_consent": is_consent,
        "status": one.status,
        "organisation": names.get(one.organisation, ""),
        "categories": listed("category", one.categories),
        "purposes": listed("purpose", one.purposes),
        "why": word("basis_kind", one.kind) if is_consent else law(one.law),
        "sources": ", ".join(names.get(source, "") for source in one.sources),
        "given_how": word("given_how", one.given_how) if one.given_how else "",
        "by_representative": bool(one.representation),
        "begins": moment(getattr(one.period, "from")) or moment(one.since),
        "ends": last_day_of(one.period.until),
        "acknowledged": moment(one.acknowledged),
        "is_over": one.status in OVER,
        "may_withdraw": is_consent and one.status in STANDING and role in GIVERS,
        "may_renew": is_consent and one.status in RENEWABLE and role in GIVERS,
        "may_invalidate": is_consent and one.status in STANDING and role in CASEWORK | {"auditor"},
        "may_acknowledge": one.status in OVER
        and not one.acknowledged.seconds
        and role in PROFESSIONAL
        and one.organisation == visit.who.organisation,
        "may_see_readings": is_consent and bool(one.given_how) and role in SEEING,
    }


PAGES: Final = (Page("/citizens/{citizen}/consents", consents, READERS),)
