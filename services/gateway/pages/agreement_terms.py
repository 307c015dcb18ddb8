"""The editor of an agreement's terms: one form for a draft and for a change, with room for more rows each time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from samspor.partners.v1 import partners_pb2
from starlette.responses import Response

from services.gateway import refusals
from services.gateway.pages.forms import record
from services.gateway.pages.organisations import organisation_options
from services.gateway.visit import Page, Visit, is_id
from services.gateway.web.dates import last_day_of, moment
from services.gateway.web.forms import Field, Filled, Form, words
from services.gateway.web.languages import gettext

KEEPERS: Final = frozenset({"partner_administrator", "coordinator"})
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "goals": ("title", "indicator", "target"),
    "commitments": ("text",),
    "social_clauses": (),
    "review_dates": (),
    "contacts": ("name", "email", "phone"),
}
"""Lists of the terms, and what each row has; nothing: it is a text or a date itself."""
OF_A_SIDE: Final = ("commitments", "contacts")
"""Lists whose rows belong to one of the parties."""
SPARE: Final = 5
"""Empty rows after those that are filled in; the first of them is shown at once."""
MOST: Final = 40

Row = Mapping[str, str]


class Section(NamedTuple):
    heading: str
    hint: str
    rows: Sequence[Sequence[Field]]
    spare: Sequence[Sequence[Field]]
    hidden: Sequence[tuple[str, str]] = ()
    """Whose each row is."""


def named(group: str, row: int, part: str = "") -> str:
    return ".".join(filter(None, ("terms", group, str(row), part)))


def rows_of(filled: Filled, group: str) -> list[Row]:
    """The rows of a form in which something was filled in; whose a row is, is nothing filled in."""
    parts = (*ROWS[group], "organisation") if group in OF_A_SIDE else ROWS[group] or ("",)
    found: list[Row] = []
    for row in range(2 * MOST):
        values = {part: (filled.get(named(group, row, part)) or [""])[-1].strip() for part in parts}
        if any(value for part, value in values.items() if part != "organisation"):
            found.append(values)
    return found[:MOST]


def compact(filled: Filled, parties: Sequence[str]) -> dict[str, Sequence[str]]:
    """The same without blank rows, and with SPARE new ones for each side: rows have the numbers that the request's
    will have."""
    lists = {("terms", group) for group in ROWS}
    kept = {name: values for name, values in filled.items() if tuple(name.split(".")[:2]) not in lists}
    for group in ROWS:
        rows = rows_of(filled, group)
        sides = parties if group in OF_A_SIDE else ("",)
        spare = [{"organisation": side} if side else {} for side in sides for _ in range(SPARE)]
        for number, row in enumerate([*rows, *spare]):
            kept |= {named(group, number, part): [value] for part, value in row.items()}
    return kept


def filled_from(terms: partners_pb2.AgreementTerms) -> dict[str, Sequence[str]]:
    """The terms as the form has them."""
    values: dict[str, Sequence[str]] = {
        f"terms.{name}": [getattr(terms, name)] for name in ("title", "degree", "purpose")
    }
    days = {"from": moment(getattr(terms.period, "from")), "until": last_day_of(terms.period.until)}
    values |= {f"terms.period.{name}": [f"{day:%Y-%m-%d}"] for name, day in days.items() if day}
    for group, parts in ROWS.items():
        for number, row in enumerate(getattr(terms, group)):
            if parts:
                own = (*parts, "organisation") if group in OF_A_SIDE else parts
                values |= {named(group, number, part): [getattr(row, part)] for part in own}
            else:
                values[named(group, number)] = [row if isinstance(row, str) else f"{moment(row):%Y-%m-%d}"]
    return values


def head_fields() -> tuple[Field, ...]:
    return (
        Field(name="terms.title", label=gettext("What the agreement is called")),
        Field(
            name="terms.degree",
            label=gettext("How close you work together"),
            kind="one_of_few",
            options=words("collaboration_degree"),
        ),
        Field(name="terms.purpose", label=gettext("What for"), kind="long", rows=3, optional=True),
        Field(name="terms.period.from", label=gettext("From"), kind="date"),
        Field(name="terms.period.until", label=gettext("Until and including"), kind="date", day="ends"),
    )


def row_fields(group: str, row: int) -> tuple[Field, ...]:
    n = row + 1
    match group:
        case "goals":
            return (
                Field(name=named(group, row, "title"), label=gettext("Goal"), optional=True),
                Field(name=named(group, row, "indicator"), label=gettext("What is counted or seen"), optional=True),
                Field(name=named(group, row, "target"), label=gettext("How much you aim for"), optional=True),
            )
        case "commitments":
            return (
                Field(name=named(group, row, "text"), label=gettext("Commitment"), kind="long", rows=2, optional=True),
            )
        case "contacts":
            return (
                Field(name=named(group, row, "name"), label=gettext("Whom to reach"), optional=True),
                Field(name=named(group, row, "email"), label=gettext("Mail"), optional=True),
                Field(name=named(group, row, "phone"), label=gettext("Phone"), optional=True),
            )
        case "social_clauses":
            return (Field(name=named(group, row), label=gettext("Clause"), kind="long", rows=2, optional=True),)
    return (Field(name=named(group, row), label=gettext("Date %(n)s", n=n), kind="date", optional=True),)


def sections(filled: Filled, names: Mapping[str, str]) -> Iterator[Section]:
    """`filled`: compact."""
    yield section(filled, "goals", gettext("Goals"), gettext("What you want to see come true, and how you measure it."))
    for party, name in names.items():
        yield section(filled, "commitments", gettext("What %(name)s does", name=name), "", party)
    yield section(
        filled, "social_clauses", gettext("Social clauses"), gettext("For instance job placements, or rooms for free.")
    )
    yield section(
        filled, "review_dates", gettext("Reviews"), gettext("When you meet and look at how it goes, within the period.")
    )
    for party, name in names.items():
        heading = gettext("How %(name)s is reached", name=name)
        yield section(filled, "contacts", heading, gettext("Best a mailbox and a number that several answer."), party)


def section(filled: Filled, group: str, heading: str, hint: str, party: str = "") -> Section:
    numbers = [number for number in range(2 * MOST) if belongs(filled, group, number, party)]
    rows = [row_fields(group, number) for number in numbers]
    whose = [(named(group, number, "organisation"), party) for number in numbers] if party else []
    return Section(heading, hint, rows[: 1 - SPARE], rows[1 - SPARE :], whose)


def belongs(filled: Filled, group: str, number: int, party: str) -> bool:
    if party:
        return filled.get(named(group, number, "organisation")) == [party]
    return number < len(rows_of(filled, group)) + SPARE


def form_of(filled: Filled, names: Mapping[str, str]) -> tuple[Form, list[Section]]:
    tidy = compact(filled, list(names))
    made = list(sections(tidy, names))
    fields = [one for each in made for row in (*each.rows, *each.spare) for one in row]
    return Form((*head_fields(), *fields), tidy), made


def told(form: Form, terms: partners_pb2.AgreementTerms, names: Iterable[str]) -> None:
    """Whose each row is; nobody else's than the parties'."""
    for group in OF_A_SIDE:
        for row in rows_of(form.filled, group):
            party = row["organisation"]
            getattr(terms, group).add(organisation=party if party in names else "")


def edit(visit: Visit, command: Any, names: Mapping[str, str], filled: Filled, **shown: str) -> Response:
    """The editor, and what follows when `command` was recorded. `shown`: title, lead, submit, back."""
    form, made = form_of(visit.filled or filled, names)

    def again() -> Response:
        status = 422 if form.errors else 200
        return visit.page("agreement_form.html", status, form=form, head=head_fields(), sections=made, **shown)

    if visit.request.method == "GET":
        return again()
    told(form, command.terms, names)
    return record(visit, form, command, again, lambda id_: visit.go(f"/agreements/{id_}", "notice.AGREEMENT_SAVED"))


def draft(visit: Visit) -> Response:
    """With whom is asked first: the form has words for both sides."""
    own, partner = visit.who.organisation, visit.query("partner")
    if not is_id(partner) or partner == own:
        others = [one for one in organisation_options(visit) if one.value != own]
        return visit.page("agreement_partner.html", organisations=others)
    names = visit.organisations([own, partner])
    if partner not in names:
        return refusals.not_found(visit)
    return edit(
        visit,
        partners_pb2.DraftAgreement(partner=partner),
        {own: names.get(own, ""), partner: names[partner]},
        {},
        title=gettext("Draft an agreement"),
        lead=gettext("Between %(one)s and %(other)s.", one=names.get(own, ""), other=names[partner]),
        submit=gettext("Save the draft"),
        back="/agreements",
    )


def change(visit: Visit) -> Response:
    one = visit.ask(partners_pb2.GetAgreement(agreement=visit.path("agreement")), partners_pb2.Agreement)
    if visit.who.organisation not in one.parties:
        return refusals.not_found(visit)
    names = visit.organisations(one.parties)
    read = visit.filled.get("version") or [str(one.version)]
    command = partners_pb2.ChangeAgreement(agreement=one.id)
    command.command.expected_version = int(read[-1]) if read[-1].isdecimal() and len(read[-1]) < 10 else 0
    return edit(
        visit,
        command,
        {party: names.get(party, "") for party in one.parties},
        filled_from(one.terms) | {"version": read},
        title=gettext("Change the terms"),
        lead=gettext("A signature that was given before counts no more when the terms change."),
        submit=gettext("Save the terms"),
        back=f"/agreements/{one.id}",
    )


PAGES: Final = (
    Page("/agreements/new", draft, KEEPERS, draft),
    Page("/agreements/{agreement}/change", change, KEEPERS, change),
)
