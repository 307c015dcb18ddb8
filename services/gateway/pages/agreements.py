"""Agreements between two organisations: the list with what is due, one with its sign-off, and its steps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from google.protobuf.message import Message
from samspor.common.v1 import common_pb2
from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway.pages.agreement_terms import KEEPERS
from services.gateway.pages.agreement_versions import results_of, versions_of
from services.gateway.pages.forms import form_page, record
from services.gateway.person import PROFESSIONAL
from services.gateway.visit import Page, View, Visit, is_id
from services.gateway.web.dates import last_day_of, moment
from services.gateway.web.forms import Field, Form, words
from services.gateway.web.languages import gettext, word
from services.vocabulary import VOCABULARIES

READERS: Final = PROFESSIONAL | {"partner_administrator", "auditor"}
"""Whoever works for a party reads what it agreed upon; KEEPERS agree."""
SOON: Final = timedelta(days=30)


class Step(NamedTuple):
    message: type[Message]
    may: Callable[[partners_pb2.Agreement, str], bool]
    """Whether this side can do it now; the service decides again."""
    fields: Callable[[partners_pb2.Agreement], tuple[Field, ...]]
    signs: bool = False


def _title(_one: partners_pb2.Agreement) -> tuple[Field, ...]:
    return (Field(name="title", label=gettext("Your title"), optional=True),)


def _note(_one: partners_pb2.Agreement) -> tuple[Field, ...]:
    return (Field(name="note", label=gettext("Why"), kind="long", rows=3, optional=True),)


def _comment(_one: partners_pb2.Agreement) -> tuple[Field, ...]:
    return (Field(name="note", label=gettext("What you want to say"), kind="long", rows=4),)


def _review(one: partners_pb2.Agreement) -> tuple[Field, ...]:
    """What came of each goal in force, then what follows from it."""
    asked = [each for number, goal in enumerate(one.agreed.goals) for each in _result(number, goal)]
    return (*asked, Field(name="agreed", label=gettext("What you agreed upon"), kind="long"))


def _result(number: int, goal: partners_pb2.AgreementGoal) -> tuple[Field, ...]:
    aimed = ": ".join(filter(None, (goal.indicator, goal.target)))
    return (
        Field(
            name=f"results.{number}.result",
            label=goal.title,
            hint=aimed,
            kind="one_of_few",
            options=words("goal_result"),
        ),
        Field(name=f"results.{number}.figure", label=gettext("What you counted"), optional=True),
        Field(name=f"results.{number}.note", label=gettext("Note"), optional=True),
    )


def _end(_one: partners_pb2.Agreement) -> tuple[Field, ...]:
    return (
        Field(name="reason", label=gettext("Why"), kind="one_of_few", options=words("agreement_ending")),
        Field(name="note", label=gettext("Note"), kind="long", rows=3, optional=True),
    )


def _nothing(_one: partners_pb2.Agreement) -> tuple[Field, ...]:
    return ()


STEPS: Final[dict[str, Step]] = {
    "propose": Step(
        partners_pb2.ProposeAgreement,
        lambda one, _: not one.signed and (one.status == "draft" or (one.status == "under_review" and one.reviewed)),
        _title,
        signs=True,
    ),
    "sign": Step(
        partners_pb2.SignAgreement, lambda one, side: bool(one.signed) and side not in one.signed, _title, signs=True
    ),
    "decline": Step(partners_pb2.DeclineAgreement, lambda one, _: bool(one.signed), _note),
    "begin": Step(partners_pb2.BeginReview, lambda one, _: one.status in ("active", "renewed"), _nothing),
    "review": Step(partners_pb2.RecordReview, lambda one, _: one.status == "under_review", _review),
    "end": Step(partners_pb2.EndAgreement, lambda one, _: one.status == "under_review", _end),
    "comment": Step(partners_pb2.CommentAgreement, lambda one, _: one.status != "ended", _comment),
}


def agreements(visit: Visit) -> Response:
    status, organisation = visit.query("status"), visit.query("organisation")
    question = partners_pb2.ListAgreements(
        organisation=organisation if is_id(organisation) else "",
        status=status if status in VOCABULARIES["agreement_status"] else "",
        page=common_pb2.PageRequest(size=50, token=visit.query("page")),
    )
    answer = visit.ask(question, partners_pb2.AgreementList)
    names = visit.organisations(party for one in answer.agreements for party in one.parties)
    return visit.page(
        "agreements.html",
        rows=[line(visit, one, names) for one in answer.agreements],
        statuses=VOCABULARIES["agreement_status"],
        keeps=visit.who.role in KEEPERS,
        next=answer.page.next,
    )


def line(visit: Visit, one: partners_pb2.AgreementLine, names: Any) -> dict[str, Any]:
    due = moment(one.next_review)
    own = visit.who.organisation
    return {
        "id": one.id,
        "title": one.title,
        "others": ", ".join(names.get(party, "") for party in one.parties if party != own),
        "status": one.status,
        "degree": one.degree,
        "due": due,
        "late": bool(due and due < datetime.now(UTC)),
        "soon": bool(due and due < datetime.now(UTC) + SOON),
        "to_sign": bool(one.signed) and own in one.parties and own not in one.signed,
        "until": last_day_of(one.period.until),
    }


def agreement(visit: Visit) -> Response:
    one = visit.ask(partners_pb2.GetAgreement(agreement=visit.path("agreement")), partners_pb2.Agreement)
    names = visit.organisations(one.parties)
    own = visit.who.organisation
    keeps = own in one.parties and visit.who.role in KEEPERS
    return visit.page(
        "agreement.html",
        one=one,
        names=names,
        terms=one.terms,
        begins=moment(getattr(one.terms.period, "from")),
        ends=last_day_of(one.terms.period.until),
        dates=[moment(date) for date in one.terms.review_dates],
        next_review=moment(one.next_review),
        differs=bool(one.agreed_revision) and one.agreed_revision != one.revision,
        results=results_of(one),
        versions=versions_of(one),
        may_change=keeps and one.status in ("draft", "under_review"),
        steps=[name for name, step in STEPS.items() if keeps and step.may(one, own)],
        history=[
            {
                "what": gettext(f"agreement.{step.event}"),
                "time": moment(step.time),
                "organisation": names.get(step.organisation, ""),
                "name": step.name,
                "reason": word("agreement_ending", step.reason) if step.reason else "",
                "note": step.note,
                "revision": step.revision if step.HasField("terms") else 0,
            }
            for step in reversed(one.history)
        ],
    )


def view(name: str, step: Step) -> View:
    def answer(visit: Visit) -> Response:
        back = f"/agreements/{visit.path('agreement')}"
        one = visit.ask(partners_pb2.GetAgreement(agreement=visit.path("agreement")), partners_pb2.Agreement)
        form = Form(step.fields(one), visit.filled or {"revision": [str(one.revision)]})
        facts = [(gettext("Agreement"), one.terms.title), (gettext("Version"), str(one.revision))]

        def again() -> Response:
            return form_page(
                visit,
                form,
                title=gettext(f"agreement.step.{name}"),
                lead=gettext(f"agreement.step.{name}.lead"),
                submit=gettext(f"agreement.step.{name}"),
                facts=facts,
                extra="agreement_revision.html" if step.signs else "",
                back=back,
            )

        if visit.request.method == "GET":
            return again()
        command: Any = step.message(agreement=one.id)
        if step.signs:
            command.revision = int(form.value("revision")) if form.value("revision").isdecimal() else 0
        if name == "review":
            command.results.extend(partners_pb2.GoalReview(goal=number) for number in range(len(one.agreed.goals)))
        return record(visit, form, command, again, lambda _id: visit.go(back, "notice.AGREEMENT"))

    return answer


PAGES: Final = (
    Page("/agreements", agreements, READERS),
    Page("/agreements/{agreement}", agreement, READERS),
    *(
        Page(f"/agreements/{{agreement}}/{name}", made, KEEPERS, made)
        for name, step in STEPS.items()
        for made in [view(name, step)]
    ),
)
