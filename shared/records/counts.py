"""Stored counts of records: read as sums, folded by schedules, compared with the counted rows.

Triggers append each change to `core_count_delta` in its transaction, so that writers never wait for one another. A fold
moves changes into the sums of their day and into the total sums. A read adds folded and pending changes in one
snapshot.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Column, Date, Select, Text, bindparam, func, literal_column, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import Subquery

from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.database.tables import table, text

TAGGED = "_tagged"
"""Suffix of the kind of sums by tag: a record counts once for each of its tags, or for the empty tag if it has none."""
_AT_ONCE = 50_000
_PATIENCE = 300.0
"""Seconds that a comparison with all rows may take."""
_CELL = "kind, visibility, status, country, category"
_LOCK = 0x636F756E


def _cell() -> list[Column[str]]:
    return [text(name) for name in _CELL.split(", ")]


count = table("core_count", *_cell(), text("tag"), Column("n", BigInteger, nullable=False))
count_day = table(
    "core_count_day",
    *_cell(),
    text("tag"),
    Column("day", Date, nullable=False),
    Column("n", BigInteger, nullable=False),
)
count_delta = table(
    "core_count_delta",
    Column("id", BigInteger, primary_key=True),
    Column("day", Date, nullable=False),
    *_cell(),
    Column("tags", ARRAY(Text), nullable=True),
    Column("n", BigInteger, nullable=False),
)
count_fold = table("core_count_fold", Column("number", BigInteger, primary_key=True))
"""One row: how often the sums were changed."""
State: TypeAlias = tuple[int, int]
"""How often the sums were changed, and how many changes are pending. Between two folds the pending changes only grow,
so every change of the counts results in a new state."""

_SPREAD = f"""
SELECT {_CELL}, '' AS tag, day, n FROM {{source}}
UNION ALL
SELECT kind || '{TAGGED}', visibility, status, country, category, coalesce(each.tag, ''), day, n
FROM {{source}} LEFT JOIN LATERAL (SELECT DISTINCT unnest(tags) AS tag) each ON true WHERE tags IS NOT NULL
"""  # noqa: S608
_ADD = f"""
, by_day AS (
    INSERT INTO escm.core_count_day AS kept ({_CELL}, tag, day, n)
    SELECT {_CELL}, tag, day, sum(n) FROM change GROUP BY {_CELL}, tag, day HAVING sum(n) <> 0
    ON CONFLICT ({_CELL}, tag, day) DO UPDATE SET n = kept.n + excluded.n
), by_cell AS (
    INSERT INTO escm.core_count AS kept ({_CELL}, tag, n)
    SELECT {_CELL}, tag, sum(n) FROM change GROUP BY {_CELL}, tag HAVING sum(n) <> 0
    ON CONFLICT ({_CELL}, tag) DO UPDATE SET n = kept.n + excluded.n
), numbered AS (
    UPDATE escm.core_count_fold SET number = number + 1 WHERE EXISTS (SELECT FROM change)
)
"""  # noqa: S608
_FOLD = f"""
WITH taken AS (
    DELETE FROM escm.core_count_delta WHERE id IN (
        SELECT id FROM escm.core_count_delta ORDER BY id LIMIT {_AT_ONCE})
    RETURNING {_CELL}, tags, day, n
), change AS ({_SPREAD.format(source="taken")}){_ADD}
SELECT count(*) FROM taken
"""  # noqa: S608
_DRIFT = f"""
WITH pending AS (
    SELECT {_CELL}, tags, day, n FROM escm.core_count_delta WHERE kind = ANY($1)
), kept AS (
    SELECT {_CELL}, tag, n FROM escm.core_count WHERE kind = ANY($1) OR kind = ANY($2)
    UNION ALL SELECT {_CELL}, tag, n FROM ({_SPREAD.format(source="pending")}) spread
), change AS (
    SELECT {_CELL}, tag, (now() AT TIME ZONE 'UTC')::date AS day, sum(n) AS n
    FROM (SELECT {_CELL}, tag, n FROM ({{live}}) live UNION ALL SELECT {_CELL}, tag, -n FROM kept) both_sides
    GROUP BY {_CELL}, tag HAVING sum(n) <> 0
)
"""  # noqa: S608


def _state(*kinds: str) -> Select[Any]:
    pending = count_delta.c.kind.in_([literal_column(f"'{kind}'", Text) for kind in kinds])
    joined = count_fold.outerjoin(count_delta, pending)
    query = select(count_fold.c.number, func.count(count_delta.c.id).label("pending"))
    return within_context(query.select_from(joined).group_by(count_fold.c.number))


_STATES = Shapes(_state)


async def counts_state(connection: Connection, context: AccessContext, kinds: Sequence[str]) -> State:
    """The state of the counts of these kinds in this context."""
    row = await _STATES.get(*kinds).fetchrow(connection, **context.parameters)
    return (row["number"], row["pending"]) if row else (0, 0)


def cells(kind: str, *, tagged: bool, dated: bool) -> Subquery:
    """The counts of one kind as rows of visibility, status, country, category, tag and `n`, to be summed. With `dated`:
    the changes until the end of the day bound as `until`, each with its `day`."""
    folded = count_day if dated else count
    names = [*_CELL.split(", ")[1:], *(["day"] if dated else [])]
    sums = select(*(folded.c[name] for name in names), folded.c.tag, folded.c.n)
    sums = sums.where(folded.c.kind == literal_column(f"'{kind}{TAGGED if tagged else ''}'"))
    pending = _pending(names, tagged).where(count_delta.c.kind == literal_column(f"'{kind}'"))
    if dated:
        sums = sums.where(count_day.c.day <= bindparam("until"))
        pending = pending.where(count_delta.c.day <= bindparam("until"))
    return union_all(sums, pending).subquery()


def _pending(names: list[str], tagged: bool) -> Select[tuple[object, ...]]:
    columns = [count_delta.c[name] for name in names]
    if not tagged:
        return select(*columns, literal_column("''", Text).label("tag"), count_delta.c.n)
    each = select(func.unnest(count_delta.c.tags).label("tag")).distinct().correlate(count_delta).lateral("each")
    tag = func.coalesce(each.c.tag, literal_column("''")).label("tag")
    return select(*columns, tag, count_delta.c.n).select_from(count_delta.outerjoin(each, true()))


async def fold(connection: Connection) -> int:
    """Moves at most 50,000 pending changes of all kinds into the sums and returns their number; 0 while another fold
    runs. Needs a transaction under a context that sees and may write every row."""
    if not await _alone(connection):
        return 0
    return int(await connection.fetchval(_FOLD))


async def drift(connection: Connection, kinds: list[str], live: str) -> list[Row]:
    """The cells whose stored count differs from that of `live`, with the difference `n`. `live` is a query of kind,
    visibility, status, country, category, tag and n."""
    statement = _DRIFT.format(live=live) + "SELECT * FROM change"  # noqa: S608
    rows: list[Row] = await connection.fetch(statement, kinds, [kind + TAGGED for kind in kinds])
    return rows


async def mend(connection: Connection, kinds: list[str], live: str) -> int:
    """Adds every difference to the sums of today. Returns the number of cells with one."""
    if not await _alone(connection):
        return 0
    statement = f"{_DRIFT.format(live=live)}{_ADD}SELECT count(*) FROM change"  # noqa: S608
    return int(await connection.fetchval(statement, kinds, [kind + TAGGED for kind in kinds], timeout=_PATIENCE))


async def _alone(connection: Connection) -> bool:
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK))
