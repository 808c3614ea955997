"""A country of a sandbox returns to its seed: the part of one service, in one transaction.

What belongs to the country is derived from the catalogue of the database: the rows with its code, of all tables of the
service that its role may delete from, and what hangs on these rows by a foreign key. Where a policy asks for the
country of a row, row-level security lets the removal write in this country alone. A row to which one of another
country refers stays, as does what it refers to.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.job_run import JobHandlers, JobRun

RESET_JOB = "reset_country"
Seed: TypeAlias = Callable[[UnitOfWork, str], Awaitable[None]]
"""Enters what a service has of a country at the beginning, unless it is there."""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('reset of ' || $1, 0))"
_TABLES = """
SELECT c.relname::text AS name,
    bool_or(a.attname = 'country') AS has_country, bool_or(a.attname = 'id') AS has_id,
    EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = 'd'
            AND pg_get_expr(p.polqual, p.polrelid) LIKE '%escm.write_countries%'
    ) AS is_scoped
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'escm'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND starts_with(c.relname, $1) AND has_table_privilege(c.oid, 'DELETE')
GROUP BY c.oid, c.relname ORDER BY c.relname
"""
_REFERENCES = """
SELECT child.relname::text AS child, parent.relname::text AS parent, a.attname::text AS column, b.attname::text AS key,
    k.confdeltype = 'c' AS cascades,
    EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = child.oid AND o.attname = 'country') AS has_country
FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = child.oid AND a.attnum = k.conkey[1]
    JOIN pg_attribute b ON b.attrelid = parent.oid AND b.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.conparentid = 0 AND starts_with(parent.relname, $1)
ORDER BY child.relname, parent.relname, a.attname
"""
_ONLY_HERE = "SELECT set_config('escm.write_everywhere', 'off', true), set_config('escm.write_countries', $1, true)"
_TRACES = (
    "DELETE FROM core_import_identity WHERE record = ANY($1)",
    "DELETE FROM core_import_effect WHERE record = ANY($1)",
    "DELETE FROM core_pending_transition WHERE record_id = ANY($1)",
)
"""What the shared tables say of records. Without it, a file that is imported again would change nothing."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    has_country: bool
    has_id: bool
    is_scoped: bool


@dataclass(frozen=True, slots=True)
class _Reference:
    """A foreign key: `column` of the child, which may have a country, names `key` of the parent."""

    child: str
    parent: str
    column: str
    key: str
    cascades: bool
    has_country: bool


def reset_jobs(settings: Settings, prefix: str, seed: Seed | None = None) -> JobHandlers:
    """The handler that resets the tables that begin with `prefix`, in a sandbox; elsewhere none."""

    async def reset(run: JobRun) -> dict[str, Any]:
        country = run.payload["country"]
        async with run.unit_of_work() as uow:
            removed = await remove(uow, prefix, country)
            if seed is not None:
                await seed(uow, country)
        return {"removed": removed}

    return {RESET_JOB: reset} if settings.environment == "sandbox" else {}


async def remove(uow: UnitOfWork, prefix: str, country: str) -> dict[str, int]:
    """Removes the country's rows. Returns how many of each table."""
    connection = uow.connection
    await connection.execute(_LOCK, prefix + country)
    tables = {row["name"]: _Table(**row) for row in await connection.fetch(_TABLES, prefix)}
    own = {name: table for name, table in tables.items() if table.has_country}
    found = [_Reference(**row) for row in await connection.fetch(_REFERENCES, prefix)]
    references = [one for one in found if one.parent in own]
    hanging = [one for one in references if one.child in tables.keys() - own.keys()]
    kept = await _kept(connection, country, own, [one for one in references if one not in hanging])
    for one in hanging:
        await connection.execute(_of_parents(one), country, list(kept[one.parent]))
    removed = await _delete(connection, country, [table for table in own.values() if not table.is_scoped], kept)
    await connection.execute(_ONLY_HERE, country)
    removed += await _delete(connection, country, [table for table in own.values() if table.is_scoped], kept)
    await connection.execute(SYSTEM_CONTEXT.set_local)
    for statement in _TRACES:
        await connection.execute(statement, [row["id"] for row in removed if row["id"] is not None])
    return Counter(row["name"] for row in removed)


async def _kept(
    connection: Connection, country: str, own: Mapping[str, _Table], references: Sequence[_Reference]
) -> dict[str, set[UUID]]:
    """The ids of the country's rows to which something refers that stays."""
    kept: dict[str, set[UUID]] = {name: set() for name in own}
    statements = [(one, _referred(one, own.get(one.child))) for one in references]
    has_grown = True
    while has_grown:
        has_grown = False
        for one, statement in statements:
            found = await connection.fetch(statement, country, list(kept.get(one.child, ())), list(kept[one.parent]))
            kept[one.parent].update(row[0] for row in found)
            has_grown = has_grown or bool(found)
    return kept


def _referred(one: _Reference, child: _Table | None) -> str:
    """The rows of the parent to which a row of the child refers that stays: one of another country, one that is kept,
    and any of a table from which nothing is deleted."""
    stays = ["c.id = ANY($2::uuid[])" if child is not None and child.has_id else "$2::uuid[] IS NULL"]
    if one.has_country:
        stays.append("c.country IS DISTINCT FROM $1")
    if child is None and not one.cascades:
        stays.append("true")
    return (
        f"SELECT DISTINCT p.{one.key} FROM {one.parent} p JOIN {one.child} c ON c.{one.column} = p.{one.key}"  # noqa: S608
        f" WHERE p.country = $1 AND p.{one.key} <> ALL($3::uuid[]) AND ({' OR '.join(stays)})"
    )


def _of_parents(one: _Reference) -> str:
    return (
        f"DELETE FROM {one.child} c USING {one.parent} p"  # noqa: S608
        f" WHERE c.{one.column} = p.{one.key} AND p.country = $1 AND p.{one.key} <> ALL($2::uuid[])"
    )


async def _delete(
    connection: Connection, country: str, own: Sequence[_Table], kept: Mapping[str, set[UUID]]
) -> list[Row]:
    """Deletes from all tables in one statement, at whose end the foreign keys are checked, in whatever order they
    lead. Returns the table and the id of each row."""
    parts, shown = [], []
    arguments: list[Any] = [country]
    for number, table in enumerate(own):
        condition = "country = $1"
        if kept[table.name]:
            arguments.append(list(kept[table.name]))
            condition += f" AND id <> ALL(${len(arguments)}::uuid[])"
        key = "id" if table.has_id else "NULL::uuid AS id"
        parts.append(f"t{number} AS (DELETE FROM {table.name} WHERE {condition} RETURNING {key})")  # noqa: S608
        shown.append(f"SELECT '{table.name}' AS name, id FROM t{number}")  # noqa: S608
    if not parts:
        return []
    return list(await connection.fetch(f"WITH {', '.join(parts)} {' UNION ALL '.join(shown)}", *arguments))
