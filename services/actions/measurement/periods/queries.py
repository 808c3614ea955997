"""Reading periods and their extensions."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, FromClause, Select, Uuid, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods import domain
from services.actions.measurement.periods.record import Extension, Period
from services.actions.measurement.periods.tables import extension, period
from shared.database.context import Lookup, within_context
from shared.database.statements import Connection, Shapes, Statement
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.listing import values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of, records_of

_i, _p, _e = indicator.c, period.c, extension.c
_AT_ONCE = 200
_today = bindparam("today", type_=Date)
_KEY = bindparam("key", type_=Uuid)


def frequency_of(code: ColumnElement[str]) -> ColumnElement[str]:
    """The frequency of the indicators whose results are expected in the period of a code."""
    return case(
        (code.contains("-H"), constant("half_year")),
        (code.contains("-Q"), constant("quarter")),
        (code.contains("-"), constant("month")),
        else_=constant("year"),
    )


def is_expected(of: FromClause, during: FromClause) -> ColumnElement[bool]:
    """Whether results of an indicator are expected in a period of its framework or country."""
    return and_(
        of.c.status == constant("active"),
        of.c.frequency == frequency_of(during.c.code),
        func.coalesce(of.c.valid_from <= during.c.ends, True),
        func.coalesce(of.c.valid_to >= during.c.starts, True),
    )


LISTING = listing(
    Period,
    period,
    domain.LIFECYCLE.states,
    by_itself(period, domain.PUBLISHED),
    values("framework", _p.framework, "Codes of frameworks, separated by commas"),
    values("code", _p.code, "Codes of periods, separated by commas"),
)
_DUE = Statement(
    select(period)
    .where(
        or_(
            and_(_p.status == constant("planned"), _p.opens_on <= _today),
            and_(_p.status == constant("open"), _p.closes_on < _today),
            and_(_p.status == constant("closed"), _p.locks_on <= _today),
        )
    )
    .order_by(_p.id)
    .limit(_AT_ONCE)
    .with_for_update()
)
_LOCK_SHARED = Lookup(select(period).where(_p.id == _KEY).limit(1).with_for_update(read=True))
_GET = Lookup(select(period).where(_p.id == _KEY).limit(1))
_UNTIL = Lookup(select(_e.until).where(_e.period_id == _KEY, _e.country == bindparam("country")).limit(1))
_inserted = insert(extension).values({column.key: bindparam(column.key) for column in _e})
_EXTEND = Statement(
    _inserted.on_conflict_do_update(
        index_elements=[_e.period_id, _e.country],
        set_={name: _inserted.excluded[name] for name in ("until", "reason", "created_at", "created_by")},
    )
)


def _extensions(access_kind: AccessKind) -> Select[Any]:
    known = visible(extension, access_kind, frozenset())
    return within_context(select(extension).where(_e.period_id == _KEY, known).order_by(_e.country))


_EXTENSIONS = Shapes(_extensions)


async def get(connection: Connection, key: UUID) -> Period | None:
    """The period."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(Period, row) if row else None


async def lock_shared(connection: Connection, key: UUID) -> Period | None:
    """The period, whose state stays until the transaction ends. Others may do the same at the same time."""
    row = await _LOCK_SHARED.fetchrow(connection, key=key)
    return record_of(Period, row) if row else None


async def lock_due(connection: Connection, today: date) -> Sequence[Period]:
    """Periods with a scheduled transition that is due, locked; at most 200."""
    return records_of(Period, await _DUE.fetch(connection, today=today))


async def extended_until(connection: Connection, key: UUID, country: str) -> date | None:
    """The last day of a country's extension, if it has one."""
    found: date | None = await _UNTIL.fetchval(connection, key=key, country=country)
    return found


async def extensions_of(connection: Connection, access: AccessScope, key: UUID) -> list[Extension]:
    """The extensions of a period that the caller may know of, by country."""
    rows = await _EXTENSIONS.get(access.access_kind).fetch(connection, key=key, **access.parameters)
    return [Extension(**row) for row in rows]


async def extend(connection: Connection, extension: Extension) -> None:
    """Inserts the extension of a country, or replaces it."""
    await _EXTEND.execute(connection, **asdict(extension))
