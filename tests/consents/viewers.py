"""Who looks, at what, and what consents decides on it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from libs.eventlog import Context, Event
from libs.host.authorize import Authorizer
from libs.spec.scenario import CONTEXT, NOW, given
from services.consents import decisions
from services.consents.citizen import CITIZEN as DECIDER
from services.consents.decisions import AccessClass, Decision, Question, decide_classes
from services.consents.events import BasisEnded, ConsentWithdrawn
from services.consents.law import LAWS
from tests.consents.people import (
    BASIS,
    CASE,
    CITIZEN,
    CLINIC,
    CONSENT,
    DAY,
    ESTABLISHED,
    FAMILY,
    GIVEN,
    NGO,
    REGISTERED,
    STRANGERS,
)

POLICIES: Final = Authorizer(Path(decisions.__file__).with_name("policies.cedar").read_text())
OTHER_CASE: Final = "01890a5d-ac96-774b-bcce-b302099ac009"
TREATS: Final = msgspec.structs.replace(
    ESTABLISHED,
    basis="01890a5d-ac96-774b-bcce-b302099ac00a",
    holder=CLINIC,
    law="sundhedsloven-behandling",
    purposes=LAWS["sundhedsloven-behandling"].purposes,
    categories=LAWS["sundhedsloven-behandling"].categories,
    named_people=("lone",),
)
AUDITED: Final = msgspec.structs.replace(
    ESTABLISHED,
    basis="01890a5d-ac96-774b-bcce-b302099ac00b",
    law="audit",
    purposes=LAWS["audit"].purposes,
    categories=LAWS["audit"].categories,
    scope="",
    holder=STRANGERS,
)
WITHDRAWN: Final = ConsentWithdrawn(
    citizen=CITIZEN, consent=CONSENT, grantee=NGO, categories=GIVEN.categories, withdrawn=NOW + DAY
)
ENDED: Final = BasisEnded(citizen=CITIZEN, basis=BASIS, ended=NOW + DAY)
FACTS: Final = (REGISTERED, ESTABLISHED, TREATS, GIVEN)


def viewer(organisation: str, role: str = "caseworker", person: str = "somebody") -> Context:
    return replace(CONTEXT, organisation=organisation, role=role, actor=person)


CASEWORKER: Final = viewer(FAMILY)
MENTOR: Final = viewer(NGO, "ngo_worker")
LONE: Final = viewer(CLINIC, person="lone")
STRANGER: Final = viewer(STRANGERS)
AUDITOR: Final = viewer(STRANGERS, "auditor")
ONESELF: Final = viewer("", "citizen", CITIZEN)
SOMEBODY_ELSE: Final = viewer("", "citizen", "01890a5d-ac96-774b-bcce-b302099ac00c")


def entry(organisation: str, category: str = "family", sensitivity: str = "normal", case: str = CASE) -> AccessClass:
    return AccessClass(organisation, category, sensitivity, case)


def decide(of: AccessClass, who: Context, purpose: str, facts: tuple[Event, ...], at: datetime) -> Decision:
    (decision,) = decide_classes(POLICIES, given(DECIDER, *facts).state, Question(who, purpose, at), [of])
    return decision
