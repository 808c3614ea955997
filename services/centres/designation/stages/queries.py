"""Reading the stages of one centre, and how long stages take."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Float, Integer, Select, Uuid, bindparam, cast, extract, func, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from services.centres.designation.centres.domain import PUBLISHED
from services.centres.designation.centres.tables import centre, stage
from shared.audit.tables import audit, audit_key
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.records.access_scope import AccessKind, AccessScope
from shared.records.history import with_keys
from shared.records.plain import with_parent

_s = stage.c
_MOST = 1000
_STEP = ("id", "version", "detail", "detail_key")
_of_centre = bindparam("centre", type_=Uuid)
_step = (
    select(*(audit.c[name] for name in _STEP), audit_key.c.salt)
    .select_from(with_keys())
    .where(audit.c.subject == _of_centre, audit.c.from_status.is_distinct_from(audit.c.to_status))
    .subquery("step")
)
_OF_CENTRE = Statement(
    within_context(
        select(_s.stage, _s.holder, _s.entered_at, _s.left_at, _s.target_at, *_step.c)
        .select_from(stage.outerjoin(_step, _step.c.version == _s.version))
        .where(_s.centre_id == _of_centre)
        .order_by(_s.entered_at, _s.id)
        .limit(_MOST)
    )
)


async def of_centre(connection: Connection, context: AccessContext, key: UUID) -> list[Row]:
    """The stages of a centre, the first one first, each with the audit entry of the step that entered it."""
    return await _OF_CENTRE.fetch(connection, centre=key, **context.parameters)


def _day(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.timezone(literal_column("'UTC'"), instant), Date)


def _is_in(passed: Any) -> ColumnElement[bool]:
    """Whether the file is in this stage now."""
    present = stage.alias("present")
    same = (present.c.centre_id == passed.centre_id, present.c.stage == passed.stage, present.c.left_at.is_(None))
    return select(present.c.id).where(*same).exists()


def _durations(access_kind: AccessKind, by: Sequence[str]) -> Select[Any]:
    """The days that each file has been in a stage, or in all of a year, by the year in which it left the stage. A file
    that has only changed hands has not left it."""
    keys = {"stage": _s.stage, "year": cast(extract("year", _day(_s.left_at)), Integer)}
    file = (
        select(*(keys[name].label(name) for name in by), func.sum(_day(_s.left_at) - _day(_s.entered_at)).label("days"))
        .where(
            _s.left_at.is_not(None),
            _s.holder.is_not(None),
            ~_is_in(_s),
            with_parent(centre, _s.centre_id, access_kind, PUBLISHED),
        )
        .group_by(*(keys[name] for name in by), _s.centre_id)
        .subquery("file")
    )
    chosen = [file.c[name] for name in by]
    numbers = [
        cast(func.percentile_cont(literal_column(share)).within_group(cast(file.c.days, Float)), Float).label(name)
        for name, share in (("median", "0.5"), ("p90", "0.9"))
    ]
    query = select(*chosen, func.count().label("files"), *numbers).group_by(*chosen).order_by(*chosen)
    return within_context(query.limit(_MOST))


_DURATIONS = Shapes(_durations)


async def durations(connection: Connection, access: AccessScope, by: Sequence[str]) -> list[Row]:
    """For each value of `by` the number of files that the caller may know of, and the median and the 90th percentile of
    their days."""
    statement = _DURATIONS.get(access.access_kind, tuple(by))
    return await statement.fetch(connection, **access.parameters)
