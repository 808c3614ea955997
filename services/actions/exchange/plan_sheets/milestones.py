"""Milestones in imports and exports. An imported milestone is pending, in its action's country."""

from typing import Any

import orjson

from services.actions.access import ROLES
from services.actions.exchange.plan_sheets import queries
from services.actions.exchange.plan_sheets.owned import OwnedRows
from services.actions.exchange.plan_sheets.rows import TAGS, filled, require, texts_of, titles_in
from services.actions.exchange.plan_sheets.schemas import MilestoneRow
from services.actions.plan.milestones.operations import MILESTONES
from shared.bulk.columns import DAY, NUMBER, TEXTS, CellType, Column, read, shown, texts_in, written
from shared.bulk.importable import Importable, Undo
from shared.bulk.reading import Cells, RowFault
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.kernel.text import fold
from shared.records.access_scope import AccessScope
from shared.web.contract.rows import validated


def _deliverable_in(heading: str, cell: str) -> Any:
    return texts_in(heading, cell) if cell.startswith("{") else cell


def _deliverable_cell(deliverable: str) -> str | None:
    found = orjson.loads(deliverable)
    return found if isinstance(found, str) else deliverable if found else None


def _required_in(_heading: str, cell: str) -> bool | str:
    return _FLAGS.get(cell.lower(), cell)


def _required_cell(required: str) -> str | None:
    found = orjson.loads(required)
    return str(found).lower() if isinstance(found, bool) else found


_FLAGS = {"true": True, "false": False}
_TITLE = Column("title", TEXTS, "titles")
_COLUMNS = (
    Column("due", DAY),
    Column("due_reason"),
    Column("weight", NUMBER),
    Column("codes", TAGS),
    Column("deliverable", CellType(_deliverable_in, show=_deliverable_cell)),
    Column("evidence_required", CellType(_required_in, show=_required_cell)),
)
_NAMED = Column("action")
HEADINGS = tuple(one.heading for one in (_NAMED, _TITLE, *_COLUMNS))
_REASON = RowFault("reason_required", "due_reason: another date needs a reason.")
_ENDED = RowFault("conflict", "action: the action has ended.")

_ROWS = OwnedRows(MILESTONES.resource, "action", "codes", queries.actions_named)


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a milestone. Raises RowFault with the code of its first fault."""
    one = texts_of(cells)
    values = validated(MilestoneRow, read((_NAMED, _TITLE, *_COLUMNS), one), {"titles": "title"})
    return ParsedRow((one.get("action", ""), fold(one.get("title", ""))), (), None, values)


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a pending milestone. Raises RowFault without an action, title or day, or of an action that has
    ended."""
    require(values, {"of": "action", "titles": "title", "due": "due"})
    of = values["of"]
    if of.has_ended:
        raise _ENDED
    empty: Columns = {"weight": 1, "codes": [], "evidence_required": True, "claimants": []}
    placed = {"country": of.country, "visibility": of.visibility, "status": "pending", "action_id": of.id}
    columns = written(_COLUMNS, values)
    return {**empty, **placed, **columns, **titles_in(values), "first_due": columns["due"]}


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in a milestone; its action and its first day stay. Raises RowFault
    `reason_required` for another day without a reason."""
    wanted = {**written(_COLUMNS, values), **titles_in(values, row)}
    if wanted.get("due", row["due"]) != row["due"] and "due_reason" not in wanted:
        raise _REASON
    return wanted


def cells(row: Values, _access: AccessScope) -> dict[str, str]:
    """The milestone in an export, under import headings."""
    return filled({**shown((_TITLE, *_COLUMNS), row), **orjson.loads(row["named"])}, HEADINGS)


MILESTONE_IMPORT = Importable(
    kind=MILESTONES,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, cells),
    entry=Entry(enter, change),
    listing=queries.MILESTONES_EXPORTED,
    export_extra="named",
    records=RowRecords(matches="action_milestone_matches", references=_ROWS.faults, resolve=_ROWS.resolve),
    undo=Undo(in_use=queries.used_milestones),
)
