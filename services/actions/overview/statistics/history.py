"""The records of a past day: with the status that they had at its end."""

from sqlalchemy import Column, FromClause, Table, Uuid, bindparam, or_, select

from shared.database.tables import Instant, instant, table, text

status_history = table(
    "action_status_history",
    Column("record_id", Uuid, primary_key=True),
    instant("valid_from"),
    instant("valid_to", nullable=True),
    text("status"),
    text("country", nullable=True),
    text("visibility"),
    Column("centre_id", Uuid, nullable=True),
)
"""The status of programmes, indicators, periods and results, from `valid_from` until `valid_to`. The state in which a
record begins is left out. Triggers write it."""
_h = status_history.c


def at_the_time(of: Table) -> FromClause:
    """The records of a table with the status that they had just before the instant `until`, without those that were
    still in the state in which they begin."""
    until = bindparam("until", type_=Instant)
    others = (column for column in of.c if column.name != "status")
    held = _h.valid_from < until, or_(_h.valid_to.is_(None), _h.valid_to >= until)
    return select(*others, _h.status).join(status_history, _h.record_id == of.c.id).where(*held).subquery(of.name)
