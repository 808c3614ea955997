"""Milestones in imports and exports. An imported milestone is pending, in its action's country."""

from typing import Any

import orjson

from services.actions.access import ROLES
from services.actions.plan.milestones.operations import MILESTONES
from services.actions.sheets.plan_sheets import queries
from services.actions.sheets.plan_sheets.owned import OwnedRows
from services.actions.sheets.plan_sheets.rows import (
    days_in,
    filled,
    number_in,
    require,
    tag_cell,
    tags_in,
    text_cell,
    texts_in,
    texts_of,
    titles_in,
)
from services.actions.sheets.plan_sheets.schemas import MilestoneRow
from shared.bulk.importable import Importable, Undo
from shared.bulk.reading import Cells, RowFault
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.kernel.text import fold
from shared.records.access_scope import AccessScope
from shared.web.contract.rows import validated

HEADINGS = ("action", "title", "due", "due_reason", "weight", "codes", "deliverable", "evidence_required")
_JSON = ("codes", "deliverable", "evidence_required")
_FLAGS = {"true": True, "false": False}
_REASON = RowFault("reason_required", "due_reason: another date needs a reason.")
_ENDED = RowFault("conflict", "action: the action has ended.")

_ROWS = OwnedRows(MILESTONES.resource, "action", "codes", queries.actions_named)


def parsed_row(cells: Cells) -> ParsedRow:
    """The row by itself. Raises RowFault with the code of its first fault."""
    one = texts_of(cells)
    body: dict[str, Any] = {name: one[name] for name in ("action", "due", "due_reason") if name in one}
    if "title" in one:
        body["titles"] = texts_in("title", one["title"])
    if "weight" in one:
        body["weight"] = number_in("weight", one["weight"])
    if "codes" in one:
        body["codes"] = tags_in("codes", one["codes"])
    if "deliverable" in one:
        cell = one["deliverable"]
        body["deliverable"] = texts_in("deliverable", cell) if cell.startswith("{") else cell
    if "evidence_required" in one:
        cell = one["evidence_required"]
        body["evidence_required"] = _FLAGS.get(cell.lower(), cell)
    values = validated(MilestoneRow, body, {"titles": "title"})
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
    columns = _columns(values)
    return {**empty, **placed, **columns, **titles_in(values), "first_due": columns["due"]}


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in a milestone; its action and its first day stay. Raises RowFault
    `reason_required` for another day without a reason."""
    wanted = {**_columns(values), **titles_in(values, row)}
    if wanted.get("due", row["due"]) != row["due"] and "due_reason" not in wanted:
        raise _REASON
    return wanted


def _columns(values: Values) -> Columns:
    """The columns that a row says, except the titles."""
    same = ("due_reason", "weight", "codes", "deliverable", "evidence_required")
    return {**{name: values[name] for name in same if name in values}, **days_in(values, "due")}


def cells(row: Values, _access: AccessScope) -> dict[str, str]:
    """The milestone in an export, under import headings."""
    codes, deliverable, required = (orjson.loads(row[name] or "null") for name in _JSON)
    texts = {
        "title": text_cell(row["titles"]),
        "due": row["due"].isoformat(),
        "due_reason": row["due_reason"],
        "weight": f"{row['weight']:g}",
        "codes": tag_cell(codes),
        "deliverable": deliverable if isinstance(deliverable, str) else deliverable and row["deliverable"],
        "evidence_required": str(required).lower() if isinstance(required, bool) else required,
    }
    return filled({**texts, **orjson.loads(row["named"])}, HEADINGS)


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
