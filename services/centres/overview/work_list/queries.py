"""Reading the work list of centres: which steps the caller takes, then what the earliest of them need, both from the
published view of work. What a step needs takes reads of its own, so that it is not read for steps of later pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Uuid, any_, bindparam, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, PlannedOnce, Row, Shapes
from shared.kernel.principal import Principal
from shared.records.next_steps import caller_parameters
from shared.records.work_list import Reach, earliest_first, offices_in, place_in_list, places_of, taken_from

_view = views.WORK_OF_CENTRES.c
_STEP = ("resource", "id", "verb")
_ITEM = (*_STEP, "ref", "country", "due", "titles", "documents")
_MORE = 50
"""Steps that are read beyond a page at first, since some of it may be impossible yet."""


def _statement(by_kind: bool, by_due: bool, going_on: bool, reach: Reach) -> Select[Any]:
    mine = union_all(*taken_from(views.WORK_OF_CENTRES, (*_STEP, "due"), reach)).subquery("mine")
    return within_context(earliest_first(mine, by_kind=by_kind, by_due=by_due, going_on=going_on))


_PAGES = Shapes(_statement, kind=PlannedOnce)
_POSSIBLE = PlannedOnce(
    within_context(
        select(*(_view[name] for name in _ITEM), place_in_list(_view.due)).where(
            _view.id == any_(bindparam("ids", type_=ARRAY(Uuid))), _view.is_possible
        )
    )
)


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
    given = {"offices": held, "kind": kind, "due_before": due_before, "limit": limit + _MORE}
    given |= {**places.parameters, **caller_parameters(principal), **SYSTEM_CONTEXT.parameters}
    found: list[Row] = []
    while len(found) <= limit:
        statement = _PAGES.get(kind is not None, due_before is not None, after is not None, places.reach)
        position = {f"after_{n}": value for n, value in enumerate(after or ())}
        steps = await statement.fetch(connection, **given, **position)
        found += await _possible(connection, steps)
        if len(steps) < limit + _MORE:
            break
        after = [steps[-1][name] for name in ("place", *_STEP)]
    return found[: limit + 1]


async def _possible(connection: Connection, steps: Sequence[Row]) -> list[Row]:
    """Those of the steps for which nothing is missing, in their order."""
    ids = list({step["id"] for step in steps})
    rows = await _POSSIBLE.fetch(connection, ids=ids, **SYSTEM_CONTEXT.parameters)
    possible = {tuple(row[name] for name in _STEP): row for row in rows}
    return [row for step in steps if (row := possible.get(tuple(step[name] for name in _STEP))) is not None]
