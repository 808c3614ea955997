"""Reading the ranking of a call, its balance, and the results. Each query runs under the row-level security of its
connection, and leaves out the nominations about which the caller has a conflict of interest, and the own one."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from services.membership.selection.nominations.domain import TO_PANEL
from services.membership.selection.rankings.domain import Nominees
from shared.database.statements import Connection, Row
from shared.records.panels import Criterion


def _conflicted(expert: str) -> str:
    """The condition that an expert has a conflict of interest about the nomination `n`."""
    return f"""n.conflicts <> '[]' AND EXISTS (
        SELECT FROM jsonb_array_elements(n.conflicts) c WHERE (c ->> 'expert_id')::uuid = {expert}
    )"""


_STATES = ", ".join(f"'{status}'" for status in TO_PANEL)
_SHOWN = f"""
n.call_id = $1 AND n.status IN ({_STATES}) AND n.expert_id <> ALL($2) AND NOT ({_conflicted("ANY($2)")})
"""
_PAGE = f"""
WITH means AS (
    SELECT n.id, n.ref, n.expert_id, n.status, count(s.id) AS scores, round(avg((
            SELECT sum((s.scores ->> w.key)::float8 * w.weight) FROM unnest($3::text[], $4::float8[]) w (key, weight)
        ))::numeric, 4)::float8 AS mean
    FROM escm.member_nomination n LEFT JOIN escm.member_score s
        ON s.nomination_id = n.id AND ($5 OR s.expert_id = ANY($2)) AND NOT ({_conflicted("s.expert_id")})
    WHERE {_SHOWN}
    GROUP BY n.id
), ranked AS (
    SELECT *, coalesce(mean, -1) AS place,
        CASE WHEN mean IS NOT NULL THEN rank() OVER (ORDER BY mean DESC NULLS LAST) END AS rank
    FROM means
)
SELECT * FROM ranked
WHERE $6::float8 IS NULL OR place < $6 OR (place = $6 AND ref > $7)
ORDER BY place DESC, ref LIMIT $8
"""  # noqa: S608
_NAMES = "SELECT id, display_name, country FROM escm.member_expert WHERE id = ANY($1)"
_GROUPS = f"""
SELECT CASE grouping(e.country, e.gender, e.fields) WHEN 3 THEN 'country' WHEN 5 THEN 'gender' WHEN 6 THEN 'fields' END
        AS name,
    e.country, e.gender, e.fields, count(*) AS pool,
    count(*) FILTER (WHERE CASE WHEN $3::uuid[] IS NULL THEN n.status = 'selected' ELSE n.id = ANY($3) END) AS selection
FROM escm.member_nomination n CROSS JOIN LATERAL (
    SELECT e.country, e.fields, CASE WHEN n.consents @> '{{"balance": true}}' THEN e.gender END AS gender
    FROM escm.member_expert e WHERE e.id = n.expert_id
) e
WHERE {_SHOWN}
GROUP BY GROUPING SETS ((), (e.country), (e.gender), (e.fields))
"""  # noqa: S608
_RESULTS = """
SELECT e.display_name AS name, e.country
FROM escm.member_nomination n JOIN escm.member_expert e ON e.id = n.expert_id
WHERE n.call_id = $1 AND n.status = 'selected' AND n.consents @> '{"results": true}' AND e.erased_at IS NULL
    AND e.restricted_at IS NULL
ORDER BY e.sort_name, n.id
"""
_SELECTED = "SELECT count(*) FROM escm.member_nomination n WHERE n.call_id = $1 AND n.status = 'selected'"


async def page(
    connection: Connection,
    call: UUID,
    mine: Sequence[UUID],
    criteria: Sequence[Criterion],
    *,
    sees_all: bool,
    after: tuple[Any, ...] | None,
    limit: int,
) -> list[Row]:
    """The nominations of a call after a place (a mean, -1 without a score, and a ref), the best first, one more than
    `limit` if there are more; `mine` are the caller's own records. The means leave out the scores of members with a
    conflict of interest and, unless `sees_all`, all but the caller's own. Equal means share a rank; it is null without
    a score."""
    total = sum(criterion["weight"] for criterion in criteria)
    keys = [criterion["key"] for criterion in criteria]
    weights = [criterion["weight"] / total for criterion in criteria]
    place = after or (None, None)
    rows: list[Row] = await connection.fetch(_PAGE, call, mine, keys, weights, sees_all, *place, limit + 1)
    return rows


async def names(connection: Connection, experts: Iterable[UUID]) -> dict[UUID, Row]:
    """The names and countries of experts."""
    return {row["id"]: row for row in await connection.fetch(_NAMES, list(experts))}


async def groups(
    connection: Connection, call: UUID, mine: Sequence[UUID], chosen: Sequence[UUID] | None
) -> tuple[Nominees, Nominees]:
    """All nominees of a call that the panel sees, and the chosen ones, by default those who are selected."""
    pool, selection = Nominees(), Nominees()
    for row in await connection.fetch(_GROUPS, call, mine, chosen):
        for nominees, n in ((pool, row["pool"]), (selection, row["selection"])):
            match row["name"]:
                case _ if not n:
                    continue
                case None:
                    nominees.total = n
                case "fields":
                    nominees.fields[tuple(row["fields"])] = n
                case name:
                    getattr(nominees, name)[row[name]] = n
    return pool, selection


async def results(connection: Connection, call: UUID) -> dict[str, Any]:
    """How many were selected, and the names of those who agree."""
    named = [dict(row) for row in await connection.fetch(_RESULTS, call)]
    selected = await connection.fetchval(_SELECTED, call)
    return {"selected": selected, "items": named, "unlisted": selected - len(named)}
