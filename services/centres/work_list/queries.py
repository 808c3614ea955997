"""Reading the work list of centres: one statement over the published view of work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, union_all

from shared.contracts import views
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.principal import Principal
from shared.records.next_steps import caller_parameters
from shared.records.work_list import earliest_first, offices_in, places_of, taken_from

_view = views.WORK_OF_CENTRES.c
_NAMES = ("resource", "id", "ref", "country", "verb", "due", "titles", "documents")


def _statement(by_kind: bool, by_due: bool, going_on: bool, *places: bool) -> Select[Any]:
    taken = (part.where(_view.is_possible) for part in taken_from(views.WORK_OF_CENTRES, _NAMES, *places))
    mine = union_all(*taken).subquery("mine")
    return within_context(earliest_first(mine, by_kind=by_kind, by_due=by_due, going_on=going_on))


_PAGES = Shapes(_statement)


async def page(
    connection: Connection,
    principal: Principal,
    *,
    kind: str | None,
    due_before: datetime | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[Row]:
    """The next steps that the caller may take now, the earliest due first, and one more if there is a next page."""
    held = offices_in(principal, "centres")
    places = places_of(held)
    statement = _PAGES.get(kind is not None, due_before is not None, after is not None, *places.shape)
    return await statement.fetch(
        connection,
        offices=held,
        kind=kind,
        due_before=due_before,
        limit=limit + 1,
        **{f"after_{n}": value for n, value in enumerate(after or ())},
        **places.parameters,
        **caller_parameters(principal),
        **SYSTEM_CONTEXT.parameters,
    )
