"""Reading the reviews of one centre: reviewers read their own until the review ends, and then the others without names.
The callers of these functions check the permission."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Label, Select, Text, Uuid, any_, bindparam, case, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.centres.designation.centres.domain import REVIEWABLE
from services.centres.designation.centres.tables import centre
from services.centres.designation.reviews.tables import review
from services.centres.evaluation.evaluations.queries import experts_of
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.columns import as_read

_r = review.c
_NAMES = frozenset(("reviewer_id", "created_by", "updated_by"))
_is_named = or_(
    _r.country == any_(bindparam("granted_countries", type_=ARRAY(Text))),
    _r.reviewer_id == any_(bindparam("own", type_=ARRAY(Uuid))),
)
"""Whether the caller reads who wrote a review: by a grant over the country, or as its reviewer."""
_is_over = centre.c.status.not_in([constant(status) for status in sorted(REVIEWABLE)])


def _shown(column: ColumnElement[Any], by_office: bool) -> ColumnElement[Any]:
    if by_office or column.key not in _NAMES:
        return as_read(column)
    named: Label[Any] = case((_is_named, column)).label(column.key)
    return named


def _select(by_office: bool, single: bool) -> Select[Any]:
    columns = [_shown(column, by_office) for column in _r]
    query = select(*columns).where(_r.centre_id == bindparam("centre"))
    if not by_office:
        query = query.join(centre, centre.c.id == _r.centre_id).where(or_(_is_named, _is_over))
    if single:
        query = query.where(_r.id == bindparam("key"))
    return within_context(query.order_by(_r.id).limit(200))


_READS = Shapes(_select)


async def of_centre(connection: Connection, access: AccessScope, centre: UUID) -> list[Row]:
    """The reviews of a centre that the caller reads, oldest first; a centre has few."""
    statement = _READS.get(_is_office(access), False)
    return await statement.fetch(connection, centre=centre, **await _arguments(connection, access))


async def get(connection: Connection, access: AccessScope, centre: UUID, key: UUID) -> Row | None:
    """One review, or None."""
    statement = _READS.get(_is_office(access), True)
    return await statement.fetchrow(connection, centre=centre, key=key, **await _arguments(connection, access))


def _is_office(access: AccessScope) -> bool:
    """Whether the caller reads all reviews with names, of every country."""
    return access.access_kind is AccessKind.EVERYWHERE


async def _arguments(connection: Connection, access: AccessScope) -> Mapping[str, Any]:
    """The parameters for a caller, whose own reviews row-level security shows as well."""
    if _is_office(access):
        return access.context.parameters
    own = await experts_of(connection, access.principal)
    for key in own:
        access = access.including_record(key)
    return {**access.parameters, "own": own}
