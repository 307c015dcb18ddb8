"""One attempt of each way: the question as it is put, and who judges the answer."""

from collections.abc import Mapping
from typing import Final

from samspor.consents.v1 import consents_pb2 as consents

from tests.promises.matrix_about import (
    Attempt,
    about_a_consent,
    about_the_citizen,
    by_case,
    by_checking,
    by_error,
    by_explaining,
    by_lists,
    by_name,
    by_referral,
    by_rights,
    by_thing_page,
    by_waiting,
)
from tests.promises.matrix_judge import (
    Case,
    Finding,
    judge_question,
    judge_timeline,
)
from tests.promises.matrix_ways import (
    Answer,
    Ways,
    counted_command,
    counted_rest,
    counted_rpc,
    page_path,
    page_purpose,
    question_of,
    rest_path,
)
from tests.promises.oracle import CASEWORK, FULL, NONE, STAFF

TABS: Final = ("consents", "looked", "rights", "people", "referrals")
"""Of the pages about a citizen those without a form."""
FORMS: Final = (
    "blocks/new",
    "cases/new",
    "consents/ask",
    "consents/new",
    "emergency",
    "explain",
    "household/new",
    "package",
    "referrals/new",
    "representatives/new",
    "rights/new",
)


def by_rpc(ways: Ways, case: Case) -> Finding:
    def ask(citizen: str) -> Answer:
        return ways.rpc(question_of(citizen, case.purpose, case.category), case.person)

    return judge_timeline("GetTimeline", case, ask, counted_rpc)


def by_rest(ways: Ways, case: Case) -> Finding:
    def ask(citizen: str) -> Answer:
        return ways.rest(rest_path(citizen, case.purpose, case.category), case.person)

    return judge_timeline("REST", case, ask, counted_rest)


def by_page(ways: Ways, case: Case) -> Finding:
    case.purpose = page_purpose(case.person, case.purpose)

    def ask(citizen: str) -> Answer:
        return ways.page(page_path(citizen, case.purpose, case.category), case.person)

    return judge_timeline("page", case, ask, None)


def by_tab(ways: Ways, case: Case) -> Finding:
    """The other pages about a citizen, that show no entry but say the name."""
    case.purpose, tab = page_purpose(case.person, case.purpose), case.chance.choice(TABS)

    def ask(citizen: str) -> Answer:
        return ways.page(f"/citizens/{citizen}/{tab}?purpose={case.purpose}", case.person)

    return judge_question(f"/{tab}", case, ask, owed=False, may_show=case.may_name())


def by_form(ways: Ways, case: Case) -> Finding:
    """The forms about a citizen, that may offer every organisation of the directory."""
    case.purpose, form = page_purpose(case.person, case.purpose), case.chance.choice(FORMS)

    def ask(citizen: str) -> Answer:
        return ways.page(f"/citizens/{citizen}/{form}?purpose={case.purpose}", case.person)

    return judge_question(f"/{form}", case, ask, owed=False, may_show=case.may_name(), may_offer=True)


def by_command_line(ways: Ways, case: Case) -> Finding:
    def ask(citizen: str) -> Answer:
        return ways.command_line(citizen, case.person, case.purpose, case.category)

    return judge_timeline("CLI", case, ask, counted_command)


def by_package(ways: Ways, case: Case) -> Finding:
    """The whole of it, made for a citizen and for an auditor; nobody else gets one, whatever they may read."""
    case.category = ""
    if case.person.role not in ("citizen", "auditor"):
        case.purpose = "own_access"
    return judge_timeline("package", case, lambda citizen: ways.package(citizen, case.person, case.purpose), None)


def by_decide(ways: Ways, case: Case) -> Finding:
    """The decisions alone, asked by the reader: they show nothing, and say what would be shown."""
    asked = [of for of in case.entries() if case.asked(of)][:40]
    classes = [
        consents.AccessClass(
            organisation=of.organisation, category=of.category, sensitivity=of.sensitivity, case=of.case
        )
        for of in asked
    ]

    def ask(citizen: str) -> Answer:
        return ways.rpc(consents.Decide(citizen=citizen, purpose=case.purpose, classes=classes), case.person)

    # The classes name the shelter; the answer names no organisation.
    finding, answer = judge_question("Decide", case, ask, owed=case.is_known()), ask(case.file.citizen)
    if answer.ok and case.is_known():
        found = [each.outcome for each in consents.Decided.FromString(answer.raw).decisions]
        for of, told in zip(asked, found, strict=True):
            expected = case.outcome(of)
            if told != expected:
                wrong = f"{of}: {told}, not {expected}"
                finding.shown = finding.shown or (wrong if told == FULL else "")
                finding.denied = finding.denied or (wrong if expected == FULL else "")
                finding.revealed = finding.revealed or (wrong if expected == NONE else "")
    return finding


def by_open(ways: Ways, case: Case) -> Finding:
    """Not through the timeline: by the reader, or through the token of another service."""
    note = case.chance.choice(case.file.notes)
    text = consents.SealedText(stream=note.name.partition("/")[0], version=1, type="cases.NoteWritten.v1")
    of = consents.AccessClass(
        organisation=note.of.organisation, category=note.of.category, sensitivity=note.of.sensitivity, case=note.of.case
    )
    through = case.chance.choice(("cli", "cases", "referrals"))

    def ask(citizen: str) -> Answer:
        request = consents.Open(citizen=citizen, purpose=case.purpose, classes=[of], texts=[text])
        return ways.rpc(request, case.person, through)

    finding = judge_question("Open", case, ask, owed=False)
    if ask(case.file.citizen).ok:
        finding.shown = f"opened through {through}"
    return finding


WAYS: Final[Mapping[str, Attempt]] = {
    "rpc": by_rpc,
    "rest": by_rest,
    "page": by_page,
    "tab": by_tab,
    "form": by_form,
    "command": by_command_line,
    "decide": by_decide,
    "open": by_open,
    "name": by_name,
    "bases": about_the_citizen(consents.ListBases, (*STAFF, "auditor", "citizen")),
    "standing": about_the_citizen(consents.GetStanding, (*STAFF, "auditor", "citizen")),
    "accesses": about_the_citizen(consents.ListAccess, (*CASEWORK, "auditor", "citizen")),
    "rights": by_rights,
    "household": about_the_citizen(consents.ListHousehold, (*STAFF, "auditor")),
    "looks": about_the_citizen(consents.ExportAccess, (*CASEWORK, "auditor", "citizen")),
    "seen under": about_a_consent(consents.SeenUnder, consents.SeenUnderConsent, (*CASEWORK, "auditor", "citizen")),
    "consent": about_a_consent(
        consents.ExportConsent, consents.ConsentExported, (*STAFF, "auditor", "citizen"), format="fhir-r4"
    ),
    "package": by_package,
    "explain": by_explaining,
    "check": by_checking,
    "case": by_case,
    "referral": by_referral,
    "thing": by_thing_page,
    "lists": by_lists,
    "waiting": by_waiting,
    "error": by_error,
}
