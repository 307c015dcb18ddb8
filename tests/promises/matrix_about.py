"""Ways out beside the timeline: questions about a citizen, a case or a referral, lists and their totals, and errors."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from google.protobuf.json_format import MessageToJson
from samspor.cases.v1 import cases_pb2 as cases
from samspor.consents.v1 import consents_pb2 as consents
from samspor.referrals.v1 import referrals_pb2 as referrals
from samspor.timeline.v1 import timeline_pb2 as timeline

from tests.promises.matrix_file import CANARY
from tests.promises.matrix_judge import (
    Case,
    Finding,
    judge_name,
    judge_question,
    judge_twins,
    texts_in,
    unlike_nobody,
)
from tests.promises.matrix_people import NAMED, OPENER, SHELTER, member
from tests.promises.matrix_ways import Answer, Ways, question_of
from tests.promises.oracle import STAFF, is_known

Attempt = Callable[[Ways, Case], Finding]


def by_name(ways: Ways, case: Case) -> Finding:
    return judge_name(
        "Identify",
        case,
        lambda citizen: ways.rpc(consents.Identify(citizens=[citizen], purpose=case.purpose), case.person),
    )


def about_the_citizen(request: Any, roles: tuple[str, ...]) -> Attempt:
    """A question about a citizen, owed to those of these roles to whom they are known (but in an emergency only)."""

    def attempt(ways: Ways, case: Case) -> Finding:
        related = case.is_known() if case.person.role == "citizen" else _is_related(case)
        owed = related and case.person.role in roles
        return judge_question(
            request.__name__, case, lambda citizen: ways.rpc(request(citizen=citizen), case.person), owed=owed
        )

    return attempt


def by_rights(ways: Ways, case: Case) -> Finding:
    """What was asked of an organisation is for those who answer for it to know, an auditor without a ground as well."""
    person = case.person
    is_party = person.role in (*STAFF, "auditor") and person.organisation in case.file.restricted
    related = case.is_known() if person.role == "citizen" else _is_related(case)
    return judge_question(
        "ListRights",
        case,
        lambda citizen: ways.rpc(consents.ListRights(citizen=citizen), person),
        owed=is_party or related,
        may_hide=not is_party,
    )


def about_a_consent(request: Any, answer: Any, roles: tuple[str, ...], **more: str) -> Attempt:
    """Likewise, about one of the citizen's consents, or about one that there is not."""

    def attempt(ways: Ways, case: Case) -> Finding:
        consent = case.chance.choice(case.file.consents or [str(uuid4())])
        related = case.is_known() if case.person.role == "citizen" else _is_related(case)

        def ask(citizen: str) -> Answer:
            got = ways.rpc(request(citizen=citizen, consent=consent, **more), case.person)
            # A field's number may be a digit, which the place of an entry before it would seem to end in.
            return got._replace(raw=MessageToJson(answer.FromString(got.raw)).encode()) if got.ok else got

        owed = related and case.person.role in roles and bool(case.file.consents)
        return judge_question(request.__name__, case, ask, owed=owed)

    return attempt


def _is_related(case: Case) -> bool:
    """By more than an emergency."""
    calm = type(case.citizen)(case.citizen.id, case.citizen.registered_by, case.citizen.grounds)
    return is_known(calm, case.reader, case.at)


def by_explaining(ways: Ways, case: Case) -> Finding:
    def ask(organisation: str) -> Answer:
        viewer = consents.Viewer(person=member(SHELTER, NAMED).person, organisation=organisation, role="caseworker")
        of = consents.AccessClass(
            organisation=OPENER, category="health", sensitivity="normal", case=case.file.shelter_case
        )
        request = consents.ExplainAccess(citizen=case.file.citizen, viewer=viewer, purpose="casework", of=of)
        return ways.rpc(request, case.person)

    return judge_twins("ExplainAccess", case, ask)


def by_checking(ways: Ways, case: Case) -> Finding:
    def ask(organisation: str) -> Answer:
        request = consents.CheckBasis(
            citizen=case.file.citizen,
            organisation=organisation,
            purpose="casework",
            categories=["health"],
            case=case.file.shelter_case,
        )
        return ways.rpc(request, case.person)

    return judge_twins("CheckBasis", case, ask)


def by_case(ways: Ways, case: Case) -> Finding:
    file, person = case.file, case.person
    owed = person.role in STAFF and person.organisation in (OPENER, *file.participants)
    named = person == member(SHELTER, NAMED)
    finding = _thing("GetCase", case, lambda id_: ways.rpc(cases.GetCase(case=id_), person), file.case, owed)
    hidden = _thing("GetCase", case, lambda id_: ways.rpc(cases.GetCase(case=id_), person), file.shelter_case, named)
    finding.denied, finding.revealed = finding.denied or hidden.denied, finding.revealed or hidden.revealed
    return finding


def by_referral(ways: Ways, case: Case) -> Finding:
    owed = case.person.role in STAFF and case.person.organisation == OPENER
    return _thing(
        "GetReferral",
        case,
        lambda id_: ways.rpc(referrals.GetReferral(referral=id_), case.person),
        case.file.referral,
        owed,
    )


def _thing(way: str, case: Case, ask: Callable[[str], Answer], id_: str, owed: bool) -> Finding:
    """Something with an id of its own: shown to whom it is owed; to others it is as unknown as any other id."""
    finding, answer = case.finding(way), ask(id_)
    if owed:
        finding.denied = "" if answer.ok else answer.raw.decode(errors="replace")[:200]
    else:
        finding.revealed = unlike_nobody(answer, id_, ask)
    return finding


def by_lists(ways: Ways, case: Case) -> Finding:
    """Lists and their totals, of this citizen."""
    person, citizen = case.person, case.file.citizen
    listed = ways.rpc(cases.ListCases(citizen=citizen), person)
    boxes = [ways.rpc(referrals.ListReferrals(box=box, citizen=citizen), person) for box in ("inbox", "outbox")]
    finding = case.finding("ListCases, ListReferrals")
    mine = person.organisation in (OPENER, *case.file.participants) and person.role in STAFF
    named = person == member(SHELTER, NAMED)
    total = cases.CaseList.FromString(listed.raw).total if listed.ok else 0
    if total != mine + named:
        finding.revealed = f"{total} cases" if total > mine + named else ""
        finding.denied = f"{total} cases" if total < mine + named else ""
    sent = sum(referrals.ReferralList.FromString(each.raw).total for each in boxes if each.ok)
    if sent > (person.organisation == OPENER and person.role in STAFF):
        finding.revealed = f"{sent} referrals"
    if any(texts_in(each) for each in (listed, *boxes)):
        finding.shown = "in a list"
    return finding


def by_thing_page(ways: Ways, case: Case) -> Finding:
    """What leaves of a case and of a referral by pages, files and FHIR."""
    path, id_ = case.chance.choice(
        [
            ("/cases/{}", case.file.case),
            ("/cases/{}/participants/new", case.file.case),
            ("/cases/{}", case.file.shelter_case),
            ("/referrals/{}", case.file.referral),
            ("/referrals/{}/calendar", case.file.referral),
            ("/api/fhir/Task/{}", case.file.referral),
            ("/api/fhir/ServiceRequest/{}", case.file.referral),
        ]
    )
    load = ways.rest if path.startswith("/api/fhir") else ways.page
    finding = case.finding(path)
    answer = load(path.format(id_), case.person)
    if id_ == case.file.shelter_case:
        party = case.person == member(SHELTER, NAMED)
    else:
        joined = case.file.participants if id_ == case.file.case else ()
        party = case.person.role in STAFF and case.person.organisation in (OPENER, *joined)
    if not party:
        finding.shown = "a text" if texts_in(answer) else ""
        finding.revealed = unlike_nobody(answer, id_, lambda other: load(path.format(other), case.person))
    return finding


def by_waiting(ways: Ways, case: Case) -> Finding:
    """What waits for somebody: it names the citizens whom it is about, and nobody and nothing else."""
    person, file = case.person, case.file
    holders = {ground.holder for ground in case.citizen.grounds if not ground.law}
    lists: list[tuple[Any, bool]] = [
        (
            consents.ListRepresented(),
            any(each.person == person.person and each.lasts.holds(case.at) for each in case.citizen.representations),
        ),
        (consents.ListWithdrawals(), person.organisation in holders),
        (consents.ListRightsToDecide(), False),
        (consents.ListReviews(), bool(file.emergencies)),
        (consents.ListFindings(organisation=person.organisation), False),
    ]
    finding = case.finding("what waits")
    for request, may_be_there in lists:
        answer = ways.rpc(request, person)
        if texts_in(answer):
            finding.shown = f"in {type(request).__name__}"
        if answer.ok and file.citizen.encode() in answer.raw and not may_be_there:
            finding.revealed = f"in {type(request).__name__}"
    if lists[0][1] and person.role == "citizen":
        represented = ways.rpc(consents.ListRepresented(), person)
        if file.citizen.encode() not in represented.raw:
            finding.denied = "whom they represent"
    return finding


def by_error(ways: Ways, case: Case) -> Finding:
    """What is wrong with a request is told without saying it again: it may be a name that went into the wrong field."""
    finding, text = case.finding("error"), f"{CANARY}{uuid4().hex}"
    about = case.file.citizen
    wrong: list[Any] = [
        timeline.GetTimeline(citizen=text, purpose=case.purpose),
        timeline.GetTimeline(citizen=about, purpose=text),
        timeline.GetTimeline(citizen=about, purpose=case.purpose, categories=[text], organisations=[text]),
        consents.ListBases(citizen=text),
        consents.Identify(citizens=[about, text], purpose=case.purpose),
        cases.GetCase(case=text),
        cases.WriteNote(case=case.file.case, category="family", text=text),
        referrals.GetReferral(referral=text),
        consents.FindCitizen(identifier=consents.Identifier(system="urn:test", value=text), purpose=text),
    ]
    good = question_of(about, case.purpose, "").SerializeToString()
    answers = [ways.rpc(each, case.person) for each in wrong]
    answers.append(ways.rpc(wrong[0], case.person, body=good + text.encode() * 40_000))
    answers.append(ways.rpc(wrong[0], case.person, body=text.encode()))
    answers.append(ways.rest(f"/api/v1/timeline/{about}?purpose={text}&category={text}", case.person))
    answers.append(ways.rest(f"/api/v1/timeline/{about}?purpose=casework&page={text}&size={text}", case.person))
    if any(text in texts_in(each) or (each.ok and texts_in(each)) for each in answers):
        finding.shown = "in an error"
    return finding
