"""Reading the candidates of a call, their means, and the results. Each query runs under the row-level security of its
connection, and leaves out the nominations about which the caller has a conflict of interest."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.membership.calls.record import Criterion
from services.membership.nominations.domain import TO_PANEL
from services.membership.rankings.domain import Candidate
from shared.database.statements import Connection, Row

MOST = 5_000
"""Most candidates of a ranking."""
_STATES = ", ".join(f"'{status}'" for status in TO_PANEL)


def _conflicted(expert: str) -> str:
    """The condition that an expert has a conflict of interest about the nomination `n`."""
    return f"EXISTS (SELECT FROM jsonb_array_elements(n.conflicts) c WHERE (c ->> 'expert_id')::uuid = {expert})"


_CANDIDATES = f"""
SELECT n.id, n.ref, n.expert_id, n.status, e.display_name, e.country, e.fields,
    CASE WHEN n.consents @> '{{"balance": true}}' THEN e.gender END AS gender
FROM escm.member_nomination n JOIN escm.member_expert e ON e.id = n.expert_id
WHERE n.call_id = $1 AND n.status IN ({_STATES}) AND NOT {_conflicted("ANY($2)")}
ORDER BY n.id LIMIT {MOST}
"""  # noqa: S608
_MEANS = f"""
SELECT n.id, avg(p.points) AS mean, count(*) AS scores
FROM escm.member_nomination n JOIN escm.member_score s ON s.nomination_id = n.id
CROSS JOIN LATERAL (
    SELECT sum(v.value::float8 * coalesce(w.weight, 0)) AS points
    FROM jsonb_each_text(s.scores) v LEFT JOIN unnest($3::text[], $4::float8[]) w (key, weight) ON w.key = v.key
) p
WHERE n.call_id = $1 AND NOT {_conflicted("ANY($2)")} AND NOT {_conflicted("s.expert_id")}
    AND ($5 OR s.expert_id = ANY($2))
GROUP BY n.id
"""  # noqa: S608
_RESULTS = """
SELECT e.display_name AS name, e.country
FROM escm.member_nomination n JOIN escm.member_expert e ON e.id = n.expert_id
WHERE n.call_id = $1 AND n.status = 'selected' AND n.consents @> '{"results": true}' AND e.erased_at IS NULL
    AND e.restricted_at IS NULL
ORDER BY e.sort_name, n.id
"""
_SELECTED = "SELECT count(*) FROM escm.member_nomination n WHERE n.call_id = $1 AND n.status = 'selected'"


async def candidates(connection: Connection, call: UUID, mine: Sequence[UUID]) -> list[Row]:
    """The nominees of a call that the panel sees; `mine` are the caller's own records."""
    rows: list[Row] = await connection.fetch(_CANDIDATES, call, mine)
    return rows


async def means(
    connection: Connection, call: UUID, mine: Sequence[UUID], criteria: Sequence[Criterion], *, sees_all: bool
) -> dict[UUID, tuple[float, int]]:
    """The weighted mean of each nomination and how many scores it is made of: without those of members with a conflict
    of interest and, unless `sees_all`, of the caller's own score."""
    total = sum(criterion["weight"] for criterion in criteria)
    keys = [criterion["key"] for criterion in criteria]
    weights = [criterion["weight"] / total for criterion in criteria]
    rows = await connection.fetch(_MEANS, call, mine, keys, weights, sees_all)
    return {row["id"]: (round(row["mean"], 4), row["scores"]) for row in rows}


def candidate(row: Row, mean: tuple[float, int] | None) -> Candidate:
    """A nominee with the mean."""
    value, count = mean or (None, 0)
    return Candidate(
        row["id"],
        row["ref"],
        row["expert_id"],
        row["display_name"],
        row["status"],
        row["country"],
        row["fields"],
        row["gender"],
        value,
        count,
    )


async def results(connection: Connection, call: UUID) -> dict[str, Any]:
    """How many were selected, and the names of those who agree."""
    named = [dict(row) for row in await connection.fetch(_RESULTS, call)]
    selected = await connection.fetchval(_SELECTED, call)
    return {"selected": selected, "items": named, "unlisted": selected - len(named)}
