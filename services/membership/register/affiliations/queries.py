"""Reading affiliations: those of one expert, those that wait for a match, and the open questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, any_, bindparam, false, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.membership.register.affiliations.domain import LIFECYCLE
from services.membership.register.affiliations.record import COLUMNS, Affiliation
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.institutions.tables import institution
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.records.access_scope import AccessKind, constant
from shared.records.listing import Listing, countries, one_of, reference, updated, values


def _select(single: bool) -> Any:
    query = select(affiliation).where(affiliation.c.expert_id == bindparam("expert"))
    if single:
        query = query.where(affiliation.c.id == bindparam("key"))
    return within_context(query.order_by(affiliation.c.id))


_READS = Shapes(_select)
_LOCK = Statement(select(affiliation).where(affiliation.c.id == bindparam("key")).with_for_update())

_LOCK_FROM_ORCID = Statement(
    select(affiliation)
    .where(affiliation.c.expert_id == bindparam("expert"), affiliation.c.put_code.is_not(None))
    .order_by(affiliation.c.id)
    .with_for_update()
)


def _unmatched(again: bool) -> Any:
    state = (
        and_(
            affiliation.c.match_status.in_([constant("open"), constant("unknown")]),
            affiliation.c.matched_at < bindparam("before"),
        )
        if again
        else affiliation.c.match_status.is_(None)
    )
    return (
        select(affiliation, expert.c.ref, expert.c.status)
        .join(expert, expert.c.id == affiliation.c.expert_id)
        .where(affiliation.c.institution_id.is_(None), affiliation.c.id > bindparam("after"), state)
        .order_by(affiliation.c.id)
        .limit(bindparam("limit"))
        .with_for_update(of=affiliation, skip_locked=True)
    )


_UNMATCHED = Shapes(_unmatched)
_WAITS = f"SELECT EXISTS (SELECT FROM {affiliation.fullname} WHERE match_status IS NULL AND institution_id IS NULL)"  # noqa: S608
_LATEST = f"SELECT max(updated_at) FROM {institution.fullname}"  # noqa: S608


def affiliation_of(row: Row) -> Affiliation:
    """The affiliation of a row of its table."""
    return Affiliation(**{name: row[name] for name in COLUMNS})


async def of_expert(connection: Connection, context: AccessContext, expert: UUID) -> list[Row]:
    """All affiliations of an expert, oldest first; an expert has few."""
    return await _READS.get(False).fetch(connection, expert=expert, **context.parameters)


async def get(connection: Connection, context: AccessContext, expert: UUID, key: UUID) -> Row | None:
    """One affiliation, or None."""
    return await _READS.get(True).fetchrow(connection, expert=expert, key=key, **context.parameters)


async def lock(connection: Connection, key: UUID) -> Affiliation | None:
    """One affiliation, locked until the transaction ends; None if the context may not write it."""
    row = await _LOCK.fetchrow(connection, key=key)
    return affiliation_of(row) if row else None


async def lock_from_orcid(connection: Connection, expert: UUID) -> list[Affiliation]:
    """The affiliations of an expert that were imported from ORCID, locked until the transaction ends."""
    return [affiliation_of(row) for row in await _LOCK_FROM_ORCID.fetch(connection, expert=expert)]


async def lock_unmatched(
    connection: Connection, after: UUID, limit: int, *, before: datetime | None = None
) -> Sequence[Row]:
    """Affiliations after an id whose text was not checked or, with `before`, was checked before that instant without a
    match; with `ref` and `status` of their experts. Locked; skips rows that another transaction locks."""
    again = {} if before is None else {"before": before}
    return await _UNMATCHED.get(before is not None).fetch(connection, after=after, limit=limit, **again)


async def is_waiting(connection: Connection) -> bool:
    """Whether a text was never checked."""
    return bool(await connection.fetchval(_WAITS))


async def latest_institution(connection: Connection) -> datetime | None:
    """When an institution last changed."""
    found: datetime | None = await connection.fetchval(_LATEST)
    return found


def known_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter of the list: affiliations of experts of countries that the caller's grants cover."""
    if access_kind is AccessKind.EVERYWHERE:
        return select(affiliation)
    if access_kind is AccessKind.ANONYMOUS:
        return select(affiliation).where(false())
    return select(affiliation).where(affiliation.c.country == any_(bindparam("granted_countries", type_=ARRAY(Text))))


_CANDIDATES: ColumnElement[Any] = literal_column(
    f"""(SELECT coalesce(json_agg(json_build_object('institution', json_build_object('id', i.id, 'ref', i.ref,
        'name', i.display_name, 'country', i.country, 'ror', i.ror), 'score', k.score, 'method', k.method)
        ORDER BY k.score DESC, i.id), '[]')::text
    FROM jsonb_to_recordset({affiliation.fullname}.match_candidates) k (institution_id uuid, score float8, method text)
        JOIN {institution.fullname} i ON i.id = k.institution_id
    WHERE i.merged_into IS NULL
        AND (i.status IN ('verified', 'inactive') OR i.country = {affiliation.fullname}.country))""",  # noqa: S608
    Text,
).label("candidates")
"""Candidates with their names as JSON text: published ones, and those of the expert's country."""


def _of_expert(name: str) -> ColumnElement[Any]:
    return (
        select(expert.c[name]).where(expert.c.id == affiliation.c.expert_id).scalar_subquery().label(f"expert_{name}")
    )


LISTING = Listing(
    base=known_to,
    key=affiliation.c.id,
    filters={
        chosen.name: chosen
        for chosen in (
            values("match", affiliation.c.match_status, "States of the match", one_of(LIFECYCLE.states[1:])),
            countries(affiliation.c.country),
            reference("expert_id", affiliation.c.expert_id),
            reference("institution_id", affiliation.c.institution_id),
            *updated(affiliation.c.updated_at),
        )
    },
    sorts={"created_at": affiliation.c.created_at, "updated_at": affiliation.c.updated_at},
    columns={
        **{column.key: column for column in affiliation.c if column.key != "match_candidates"},
        "candidates": _CANDIDATES,
        "expert_ref": _of_expert("ref"),
        "expert_display_name": _of_expert("display_name"),
    },
)
