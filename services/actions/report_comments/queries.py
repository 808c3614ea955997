"""Reading comments: for grants that cover the country or the report."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Uuid, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from services.actions.report_comments.domain import LIFECYCLE
from services.actions.report_comments.record import ReportComment
from services.actions.report_comments.tables import comment
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant
from shared.records.filters import Filter, values
from shared.records.listing import truth
from shared.records.plain import by_whole, listing

_c = comment.c
LISTING = listing(
    ReportComment,
    comment,
    LIFECYCLE.states,
    by_whole(comment, _c.report_id),
    values("section", _c.section, "Keys of sections, separated by commas"),
    Filter("must_answer", "true or false", truth, lambda bound: _c.must_answer == bound),
)
_numbers: tuple[ColumnElement[Any], ...] = (
    func.count().label("open"),
    func.coalesce(func.bool_or(_c.must_answer), False, type_=Boolean).label("blocks"),
)
_unresolved = (
    select(*_numbers).where(_c.report_id == bindparam("report", type_=Uuid), _c.status != constant("resolved")).limit(1)
)
_OPEN = Lookup(_unresolved)


class OpenComments(NamedTuple):
    """How many comments of a report are not resolved, and whether one of them must be."""

    number: int
    are_to_be_answered: bool


async def open_comments(connection: Connection, report: UUID) -> OpenComments:
    """The unresolved comments of a report, regardless of the caller."""
    row = await _OPEN.fetchrow(connection, report=report)
    return OpenComments(row["open"], row["blocks"]) if row else OpenComments(0, are_to_be_answered=False)
