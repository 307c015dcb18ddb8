"""Routine control of the access log: runs of it, what they found, and what came of each finding."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from samspor.common.v1 import common_pb2
from samspor.consents.v1 import consents_pb2
from starlette.responses import Response

from services.gateway.pages.citizen import numbered
from services.gateway.pages.forms import form_page, record
from services.gateway.pages.organisations import organisation_options
from services.gateway.visit import COMMAND, Page, Visit, is_id
from services.gateway.web.dates import HERE, clock, last_day_of, long_date, moment
from services.gateway.web.forms import Field, Form, choose, options_of, words
from services.gateway.web.languages import gettext, word
from services.vocabulary import VOCABULARIES

CONTROLLERS: Final = frozenset({"coordinator", "auditor"})
USUAL: Final = timedelta(days=30)
RUNS: Final = 5
"""Runs that the first page lists."""


def organisation_of(visit: Visit) -> str:
    """Whose people are looked at: one's own organisation's, or those whom an auditor chose in the address."""
    asked = visit.query("organisation")
    return asked if visit.who.role == "auditor" and is_id(asked) else visit.who.organisation


def findings(visit: Visit) -> Response:
    organisation, status = organisation_of(visit), visit.query("status", "open")
    rules = options_of("rule.")
    question = consents_pb2.ListFindings(
        organisation=organisation,
        status=status if status in VOCABULARIES["finding_status"] else "",
        rule=visit.query("rule") if visit.query("rule") in {one.value for one in rules} else "",
        page=common_pb2.PageRequest(size=50, token=visit.query("page")),
    )
    answer = visit.ask(question, consents_pb2.FindingList)
    runs = consents_pb2.ListControls(organisation=organisation, page=common_pb2.PageRequest(size=RUNS))
    return visit.page(
        "control.html",
        rows=[shown(visit, one) for one in answer.findings],
        runs=[run_shown(one) for one in visit.ask(runs, consents_pb2.ControlList).controls],
        next=answer.page.next,
        statuses=words("finding_status"),
        wanted=status,
        rules=rules,
        organisations=organisation_options(visit) if visit.who.role == "auditor" else (),
        organisation=organisation,
    )


def shown(visit: Visit, one: consents_pb2.Finding) -> dict[str, Any]:
    """Without the citizen: a list names nobody who need not be known yet."""
    return {
        "id": one.id,
        "rule": gettext(f"rule.{one.rule}"),
        "status": one.status,
        "reader": visit.site.directory.people(visit, one.organisation).get(one.reader, "") or gettext("somebody"),
        "looked": moment(one.looked),
        "purpose": one.purpose,
        "assessment": one.assessment,
    }


def run_shown(one: consents_pb2.Control) -> dict[str, Any]:
    return {
        "id": one.id,
        "begins": moment(getattr(one.period, "from")),
        "ends": last_day_of(one.period.until),
        "time": moment(one.time),
        "examined": one.examined,
        "raised": one.raised,
        "complete": one.complete,
    }


def begin(visit: Visit) -> Response:
    today = datetime.now(HERE).date()
    proposed = {
        "organisation": [organisation_of(visit)],
        "period.from": [(today - USUAL).isoformat()],
        "period.until": [(today - timedelta(days=1)).isoformat()],
    }
    fields: tuple[Field, ...] = (
        Field(name="period.from", label=gettext("From"), kind="date"),
        Field(name="period.until", label=gettext("To and with"), kind="date", day="ends"),
    )
    if visit.who.role == "auditor":
        whose = choose(organisation_options(visit))
        fields = (Field(name="organisation", label=gettext("Whose people"), kind="one", options=whose), *fields)
    form = Form(fields, visit.filled or proposed)

    def again() -> Response:
        return form_page(
            visit,
            form,
            title=gettext("Control the access log"),
            lead=gettext("Every look of the period is examined by the rules. It can take a while, and can be left."),
            submit=gettext("Begin"),
            back="/control",
        )

    if visit.request.method == "GET":
        return again()
    command = consents_pb2.RunControl(organisation=visit.who.organisation)
    return record(visit, form, command, again, lambda run: visit.go(f"/control/runs/{run}?command={form.command_id}"))


def run(visit: Visit) -> Response:
    """How far a run is. Whoever began it goes on with it from here, by the same command as before."""
    question = consents_pb2.GetControl(control=visit.path("control"))
    control = visit.ask(question, consents_pb2.Control)
    command_id = visit.query("command")
    if visit.request.method == "POST" and is_id(command_id):
        command = consents_pb2.RunControl(organisation=control.organisation, period=control.period)
        command.command.command_id = command_id
        visit.ask(command, common_pb2.Recorded, COMMAND)
        return visit.go(visit.address())
    return visit.page(
        "control_run.html",
        control=run_shown(control),
        total=control.total,
        found=[(gettext(f"rule.{rule}"), control.found[rule]) for rule in sorted(control.found)],
        rulebook=control.rulebook,
        may_go_on=not control.complete and is_id(command_id) and control.actor == visit.who.person,
    )


def finding(visit: Visit) -> Response:
    """With a form to assess it; one's own is somebody else's to assess, and a closed one is only read."""
    one = visit.ask(consents_pb2.GetFinding(finding=visit.path("finding")), consents_pb2.Finding)
    row, name = shown(visit, one), visit.names([one.citizen]).get(one.citizen, "")
    fields = (
        Field(
            name="assessment",
            label=gettext("Assessment"),
            kind="one_of_few",
            options=words("finding_assessment"),
        ),
        Field(name="note", label=gettext("Why"), kind="long", optional=True),
    )
    form = Form(fields, visit.filled)

    def again() -> Response:
        return visit.page(
            "finding.html",
            422 if form.errors else 200,
            finding=row,
            citizen=one.citizen,
            form=form,
            facts=facts_of(row, name, one),
            assessments=assessments_of(visit, one),
            may_assess=one.status != "closed" and one.reader != visit.who.person,
        )

    if visit.request.method == "GET":
        return again()
    here = f"/control/findings/{one.id}"
    command = consents_pb2.AssessFinding(finding=one.id)
    return record(visit, form, command, again, lambda _id: visit.go(here, "notice.FINDING_ASSESSED"))


def facts_of(row: Mapping[str, Any], name: str, one: consents_pb2.Finding) -> list[tuple[str, str]]:
    looked = row["looked"]
    facts = [
        (gettext("Who looked"), row["reader"]),
        (gettext("About whom"), name or gettext("A citizen")),
        (gettext("When"), f"{long_date(looked)} {clock(looked)}"),
        (gettext("What for"), word("purpose", one.purpose)),
        (gettext("What was counted"), numbered("counted", one.numbers)),
        (gettext("Measure"), word("finding_measure", one.measure) if one.measure else ""),
    ]
    return [(label, text) for label, text in facts if text]


def assessments_of(visit: Visit, one: consents_pb2.Finding) -> list[dict[str, Any]]:
    directory = visit.site.directory
    people = {**directory.people(visit, one.organisation), **directory.colleagues(visit)}
    return [
        {
            "time": moment(each.time),
            "actor": people.get(each.actor, ""),
            "assessment": each.assessment,
            "note": each.note,
        }
        for each in one.assessments
    ]


def close(visit: Visit) -> Response:
    here = f"/control/findings/{visit.path('finding')}"
    measure = Field(
        name="measure", label=gettext("What was done about it"), kind="one_of_few", options=words("finding_measure")
    )
    form = Form((measure,), visit.filled)

    def again() -> Response:
        return form_page(visit, form, title=gettext("Close a finding"), submit=gettext("Close it"), back=here)

    if visit.request.method == "GET":
        return again()
    command = consents_pb2.CloseFinding(finding=visit.path("finding"))
    return record(visit, form, command, again, lambda _id: visit.go("/control", "notice.FINDING_CLOSED"))


PAGES: Final = (
    Page("/control", findings, CONTROLLERS),
    Page("/control/new", begin, CONTROLLERS, begin),
    Page("/control/runs/{control}", run, CONTROLLERS, run),
    Page("/control/findings/{finding}", finding, CONTROLLERS, finding),
    Page("/control/findings/{finding}/close", close, CONTROLLERS, close),
)
