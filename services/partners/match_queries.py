"""The question who can help: candidates from the directory, judged by matching.py."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.message import Message
from psycopg.rows import dict_row
from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Context
from services.partners.agreements.queries import degree_with
from services.partners.eligibility import COLUMNS, Verdict, answer_of, facts_of, judge, stated_of, terms_of
from services.partners.errors import NeedMissing
from services.partners.matching import Candidate, Judgement, Need, match
from services.partners.queries import offered
from services.partners.words import fold

if TYPE_CHECKING:
    from services.partners.service import Partners

MOST: Final = 500
"""Candidates that are judged."""
SHOWN: Final = 20
"""Of those that fit, and of those that do not."""
CODE: Final = re.compile(r"\b[0-9]{2,5}\b")
"""A postal code, or its beginning, in the name of an area."""
CANDIDATES: Final = (
    f"SELECT s.*, {COLUMNS},"  # noqa: S608 -- constants only
    + """ o.name AS organisation_name, o.degree,
    (
        SELECT c.available FROM capacities c
        WHERE c.service = s.id AND %(now)s < c.updated + make_interval(days => c.fresh_days)
    ) AS room,
    ARRAY (
        SELECT area #>> '{}' FROM entities d, jsonb_path_query(d.document::jsonb, 'lax $.service_areas[*].name') area
        WHERE d.kind IN ('service', 'service_at_location') AND (d.id = s.id OR d.parent = s.id)
    ) AS areas,
    ARRAY (
        SELECT unnest(l.postcodes) FROM entities p JOIN entities l ON l.kind = 'location' AND l.id = p.location
        WHERE p.kind = 'service_at_location' AND p.parent = s.id
            AND NOT EXISTS (SELECT FROM redactions r WHERE r.location = l.id)
    ) AS places
FROM services s LEFT JOIN organisations o ON o.id = s.organisation LEFT JOIN eligibilities e ON e.service = s.id
WHERE s.words @@ %(words)s::text::tsquery OR %(category)s = ANY(s.categories)
ORDER BY (%(category)s = ANY(s.categories)) DESC, ts_rank(s.words, %(words)s::text::tsquery) DESC, s.id
LIMIT %(most)s
"""
)


def match_partners(service: "Partners", question: partners.MatchPartners, caller: Context) -> partners.MatchList:
    """Raises NeedMissing."""
    words = tuple(fold(question.need)[:20])
    if not words and not question.category:
        raise NeedMissing
    need = Need(words, question.category, question.postal_code.replace(" ", ""), question.age, question.degree)
    asked = {
        "words": " | ".join(f"{word}:*" for word in words),
        "category": question.category,
        "now": caller.now,
        "most": MOST,
    }
    with service.pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(CANDIDATES.encode(), asked).fetchall()
    agreed = degree_with(service, caller.organisation, caller.now) if caller.organisation else {}
    known = {str(row["id"]): row for row in rows}
    facts = facts_of(question.facts, question.age)
    verdicts = {id_: verdict for id_, row in known.items() if (verdict := judge(terms_of(row), facts))}
    judged = match(need, [candidate(row, agreed, verdicts) for row in rows])
    fits = [answer(each, known, verdicts) for each in judged if each.fits]
    misses = [answer(each, known, verdicts) for each in judged if not each.fits]
    return partners.MatchList(matches=fits[:SHOWN], misses=misses[:SHOWN])


def candidate(row: Mapping[str, Any], agreed: Mapping[str, str], verdicts: Mapping[str, Verdict]) -> Candidate:
    """What nobody has stated of it, and nobody has told, counts neither way."""
    organisation, verdict = str(row["organisation"]), verdicts.get(str(row["id"]))
    codes = tuple(code for area in row["areas"] for code in CODE.findall(area or ""))
    return Candidate(
        service=str(row["id"]),
        organisation=organisation,
        text=" ".join((row["name"], row["description"], row["eligibility_description"])),
        status=row["status"],
        categories=tuple(row["categories"]),
        minimum_age=row["minimum_age"],
        maximum_age=row["maximum_age"],
        eligible=verdict.verdict if verdict and any(stated_of(row).values()) else "",
        areas=codes or None,
        places=tuple(row["places"]),
        room=row["room"],
        agreement=agreed.get(organisation, ""),
        degree=row["degree"] or "",
    )


def answer(
    judgement: Judgement, rows: Mapping[str, Mapping[str, Any]], verdicts: Mapping[str, Verdict]
) -> partners.Match:
    service = offered(rows[judgement.candidate.service])
    if verdict := verdicts.get(service.id):
        service.eligible.CopyFrom(answer_of(verdict))
    return partners.Match(
        service=service,
        score=judgement.score,
        reasons=judgement.reasons,
        obstacles=judgement.obstacles,
    )


MATCH_QUERIES: Final[Mapping[type[Message], Callable[["Partners", Any, Context], Message]]] = {
    partners.MatchPartners: match_partners,
}
