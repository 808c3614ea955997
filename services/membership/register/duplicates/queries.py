"""Reading pairs, their records, and the records that a new one may repeat."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Label, Select, Table, Text, and_, any_, bindparam, false, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.membership.register.duplicates.domain import COLLECTIONS, LIFECYCLE, Collection
from services.membership.register.duplicates.record import Duplicate
from services.membership.register.duplicates.tables import duplicate
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessKind
from shared.records.columns import shown_columns
from shared.records.listing import Filter, Item, Listing, countries, one_of, updated, values
from shared.records.rows import record_of, records_of

Lookalike: TypeAlias = Mapping[str, Any]
"""A record that another may repeat: its compared values, id, country, status and visibility."""
PAGE = 5_000
"""Records that a search reads at once."""
COLUMNS = shown_columns(Duplicate, duplicate)


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: pairs for offices that cover both records' countries."""
    return select(duplicate).where(visible(access_kind))


def visible(access_kind: AccessKind) -> ColumnElement[bool]:
    """Whether the caller's grants cover both countries."""
    if access_kind is AccessKind.EVERYWHERE:
        return true()
    if access_kind is AccessKind.ANONYMOUS:
        return false()
    reach = any_(bindparam("granted_countries", type_=ARRAY(Text)))
    return and_(duplicate.c.country_a == reach, duplicate.c.country_b == reach)


def _of_record(bound: Any) -> ColumnElement[bool]:
    return or_(duplicate.c.a == bound, duplicate.c.b == bound)


def _in_country() -> Filter:
    parsed = countries(duplicate.c.country_a)
    return Filter(
        "country",
        parsed.description,
        parsed.parse,
        lambda wanted: or_(duplicate.c.country_a == wanted, duplicate.c.country_b == wanted),
        array=True,
    )


LISTING = Listing(
    base=visible_to,
    key=duplicate.c.id,
    filters={
        chosen.name: chosen
        for chosen in (
            values("resource", duplicate.c.resource, "experts or institutions", one_of(COLLECTIONS)),
            values("status", duplicate.c.status, "States, separated by commas", one_of(LIFECYCLE.states)),
            values("found_by", duplicate.c.found_by, "entry, job or import", one_of(("entry", "job", "import"))),
            _in_country(),
            Filter("record", "The id of a record", UUID, _of_record),
            *updated(duplicate.c.updated_at),
        )
    },
    sorts={
        "score": duplicate.c.score,
        "created_at": duplicate.c.created_at,
        "updated_at": duplicate.c.updated_at,
    },
    columns=COLUMNS,
    item=Item(columns={"country_a": duplicate.c.country_a, "country_b": duplicate.c.country_b}),
)

_PAIRS = Statement(
    select(duplicate)
    .where(
        duplicate.c.resource == bindparam("resource"),
        duplicate.c.a == any_(bindparam("firsts", type_=ARRAY(duplicate.c.a.type))),
        duplicate.c.b == any_(bindparam("seconds", type_=ARRAY(duplicate.c.b.type))),
    )
    .order_by(duplicate.c.id)
    .with_for_update()
)
_OF_RECORD = Statement(
    select(duplicate)
    .where(duplicate.c.resource == bindparam("resource"), _of_record(bindparam("record")))
    .order_by(duplicate.c.id)
    .with_for_update()
)
_EXPERT = """
    e.id, e.country, e.names, e.email_keys, e.orcid, e.name_key, ARRAY(
        SELECT coalesce(w.institution_id::text, w.raw) FROM escm.member_affiliation w
        WHERE w.expert_id = e.id LIMIT 20) AS works"""
_INSTITUTION = "e.id, e.country, e.names, e.domains, e.locations, e.ror"
_LIVING = {
    "experts": ("escm.member_expert", _EXPERT, "e.merged_into IS NULL AND e.erased_at IS NULL"),
    "institutions": (
        "escm.member_institution",
        _INSTITUTION,
        "e.merged_into IS NULL AND e.status IN ('submitted', 'verified', 'inactive')",
    ),
}
_ALL = "SELECT {1} FROM {0} e WHERE e.id > $1 AND {2} ORDER BY e.id LIMIT $2"
_CHANGED = """
SELECT {1}, e.updated_at FROM {0} e WHERE (e.updated_at, e.id) > ($1, $2) AND {2} ORDER BY e.updated_at, e.id LIMIT $3
"""
_SOME = "SELECT {1} FROM {0} e WHERE e.id = ANY($1) AND {2}"
_COUNTRY = "SELECT country FROM {0} WHERE id = $1"
_COUNT = "SELECT count(*) FROM (SELECT FROM {0} e WHERE e.updated_at > $1 LIMIT $2) counted"
_LOST = """
SELECT d.*, x.merged_into AS winner_of_a, y.merged_into AS winner_of_b FROM escm.member_duplicate d
LEFT JOIN {0} x ON x.id = d.a LEFT JOIN {0} y ON y.id = d.b
WHERE d.resource = $1 AND d.id > $2 AND d.status <> 'merged' AND (x.id IS NULL OR y.id IS NULL
    OR x.merged_into IS NOT NULL OR y.merged_into IS NOT NULL{1})
ORDER BY d.id LIMIT $3 FOR UPDATE OF d
"""
_ERASED = {"experts": " OR x.erased_at IS NOT NULL OR y.erased_at IS NOT NULL", "institutions": ""}
_IMPORTED = """
SELECT i.record, i.other FROM escm.core_import_duplicate i
WHERE i.resource = $1 AND (i.record, i.other) > ($2, $3) AND NOT EXISTS (
    SELECT FROM escm.member_duplicate d WHERE d.resource = $4
    AND d.a = least(i.record, i.other) AND d.b = greatest(i.record, i.other))
ORDER BY i.record, i.other LIMIT $5
"""
_KEYS = (
    "UPDATE escm.member_expert e SET name_key = w.key FROM unnest($1::uuid[], $2::text[]) w (id, key) WHERE e.id = w.id"
)
_LOOKALIKE_INSTITUTIONS = "SELECT escm.member_institution_namesakes($1, $2, $3, $4, $5, $6)"
_LOOKALIKE_EXPERTS = """
SELECT s.id, escm.member_expert_namesakes(
    s.id, k.keys, s.sort_name, s.country, s.email_keys, s.orcid, k.patterns) AS found
FROM jsonb_to_recordset($1) AS k (id uuid, keys text[], patterns text[]) JOIN escm.member_expert s ON s.id = k.id
"""
_NO_PATTERNS: ColumnElement[Any] = literal_column("NULL::text[]")
_QUEUED = """
SELECT id FROM escm.core_job WHERE service = 'membership' AND job_type = $1 AND status = 'queued'
    AND payload->>'resource' = $2 AND payload->'place' IS NULL AND ((payload->>'whole')::boolean OR NOT $3)
ORDER BY created_at LIMIT 1
"""
_COVERED = "SELECT covered_until FROM escm.member_duplicate_search WHERE resource = $1"
_NOW = "SELECT clock_timestamp()"
LAST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class LostPair:
    """A pair whose record was deleted, erased or merged, with the winners of merges."""

    pair: Duplicate
    winner_of_a: UUID | None
    winner_of_b: UUID | None


async def pairs(
    connection: Connection, resource: Collection, ids: Iterable[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], Duplicate]:
    """The stored ones of these pairs, locked, by their two ids."""
    wanted = set(ids)
    firsts, seconds = [a for a, _ in wanted], [b for _, b in wanted]
    rows = await _PAIRS.fetch(connection, resource=resource, firsts=firsts, seconds=seconds)
    found = records_of(Duplicate, rows)
    return {(pair.a, pair.b): pair for pair in found if (pair.a, pair.b) in wanted}


async def of_record(connection: Connection, resource: Collection, record: UUID) -> list[Duplicate]:
    """All pairs of one record that the context may write, locked."""
    return records_of(Duplicate, await _OF_RECORD.fetch(connection, resource=resource, record=record))


async def everything(connection: Connection, resource: Collection, after: UUID) -> list[Row]:
    """The next 5,000 living records in the order of ids."""
    rows: list[Row] = await connection.fetch(_ALL.format(*_LIVING[resource]), after, PAGE)
    return rows


async def changed(connection: Connection, resource: Collection, after: datetime, last: UUID, limit: int) -> list[Row]:
    """The next living records that changed after an instant, in the order of their changes."""
    rows: list[Row] = await connection.fetch(_CHANGED.format(*_LIVING[resource]), after, last, limit)
    return rows


async def some(connection: Connection, resource: Collection, ids: Sequence[UUID]) -> list[Row]:
    """The living ones of these records."""
    rows: list[Row] = await connection.fetch(_SOME.format(*_LIVING[resource]), ids)
    return rows


async def country_of(connection: Connection, resource: Collection, record: UUID) -> str:
    """A record's country, merged or not."""
    return str(await connection.fetchval(_COUNTRY.format(*_LIVING[resource]), record))


async def how_many_changed(connection: Connection, resource: Collection, after: datetime, limit: int) -> int:
    """How many records changed after an instant, counted up to `limit`."""
    return int(await connection.fetchval(_COUNT.format(*_LIVING[resource]), after, limit))


async def lost(connection: Connection, resource: Collection, after: UUID, limit: int) -> list[LostPair]:
    """The next pairs whose record was deleted, erased or merged, locked."""
    statement = _LOST.format(_LIVING[resource][0], _ERASED[resource])
    rows = await connection.fetch(statement, resource, after, limit)
    return [LostPair(record_of(Duplicate, row), row["winner_of_a"], row["winner_of_b"]) for row in rows]


async def imported(
    connection: Connection, resource: Collection, after: tuple[UUID, UUID], limit: int
) -> list[tuple[UUID, UUID]]:
    """The next pairs that imports found outside their permissions and that are not stored yet."""
    rows = await connection.fetch(_IMPORTED, f"membership.{resource}", *after, resource, limit)
    return [(row["record"], row["other"]) for row in rows]


async def write_name_keys(connection: Connection, keys: Mapping[UUID, str]) -> None:
    """Stores the search keys of experts."""
    await connection.execute(_KEYS, list(keys), list(keys.values()))


async def lookalike_experts(
    connection: Connection, asked: Mapping[UUID, tuple[list[str], list[str]]]
) -> AsyncIterator[tuple[UUID, Any]]:
    """For each of these experts, by its keys and patterns, those that it may repeat, from `member_expert_namesakes`."""
    rows = [{"id": str(record), "keys": keys, "patterns": patterns} for record, (keys, patterns) in asked.items()]
    for row in await connection.fetch(_LOOKALIKE_EXPERTS, rows):
        if row["found"] is not None:
            yield row["id"], row["found"]


async def lookalike_institutions(
    connection: Connection,
    own: UUID,
    *,
    titles: list[str],
    hosts: list[str],
    shorts: list[str],
    terms: list[str],
    ror: str | None,
) -> list[Lookalike]:
    """The institutions that this one may repeat, including those that the context may not read."""
    found = await connection.fetchval(_LOOKALIKE_INSTITUTIONS, own, titles, hosts, shorts, terms, ror)
    return found or []


async def queued_search(connection: Connection, job_type: str, resource: Collection, whole: bool) -> UUID | None:
    """The job of a search that has not started; with `whole`, only one through all records."""
    found: UUID | None = await connection.fetchval(_QUEUED, job_type, resource, whole)
    return found


async def covered_until(connection: Connection, resource: Collection) -> datetime | None:
    """Until when changes were searched; None before the first search."""
    found: datetime | None = await connection.fetchval(_COVERED, resource)
    return found


async def present(connection: Connection) -> datetime:
    """The database's clock."""
    found: datetime = await connection.fetchval(_NOW)
    return found


def lookalikes_of(experts: Table) -> Label[Any]:
    """What an insert of an expert looks up: those that it may repeat. Parameter: `lookalike_keys`."""
    c, keys = experts.c, bindparam("lookalike_keys", type_=ARRAY(Text))
    found = func.escm.member_expert_namesakes(c.id, keys, c.sort_name, c.country, c.email_keys, c.orcid, _NO_PATTERNS)
    return found.label("lookalikes")
