"""Reminders of records: each is made once for a planned day, by whichever worker comes first.

_TAKE = taking(report, planned := latest_of((_r.due - 7, _r.due)), is_due(planned), order=(_r.due,), most=500)
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Date, Integer, Table, any_, between, case, func, literal_column, select, type_coerce, update
from sqlalchemy.sql.elements import ColumnElement

from shared.database.statements import Statement
from shared.records.next_steps import TODAY

_WEEK = 7
LATEST = timedelta(days=6)
"""How much later a reminder is still made, after an outage."""


def latest_of(days: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The last of these days that has come, the earliest given first; else the first one."""
    return case(*((day <= TODAY, day) for day in reversed(days[1:])), else_=days[0])


def weekly_after(due: ColumnElement[Any], days: Sequence[int]) -> ColumnElement[Any]:
    """The last of these days, counted from `due`, that has come; a week after `due` and later, the last seventh day."""
    late = type_coerce(TODAY - due, Integer)
    return case((late >= _WEEK, due + (late - late % _WEEK)), else_=latest_of([due + each for each in days]))


def is_due(planned: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a reminder is made today: on its planned day, or up to six days later."""
    return between(planned, TODAY - LATEST.days, TODAY)


def taking(
    of: Table,
    planned: ColumnElement[Any],
    *conditions: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
    most: int,
    mark: str = "reminded_on",
) -> Statement:
    """Sets the column `mark` of at most so many records to today and returns them: those that no reminder was made of
    since the planned day, asked of each (decision 269). Skips locked ones; versions stay. Parameter: `today`."""
    is_open = func.coalesce(of.c[mark], literal_column("date '-infinity'", Date)) < planned
    chosen = select(of.c.id).where(*conditions, is_open).order_by(*order, of.c.id).limit(most)
    keys = func.array(chosen.with_for_update(skip_locked=True).scalar_subquery())
    return Statement(update(of).where(of.c.id == any_(keys)).values({mark: TODAY}).returning(of))
