"""Actions in imports and exports. An imported action is proposed, in its programme's country."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from services.actions.access import ROLES
from services.actions.exchange.plan_sheets import queries
from services.actions.exchange.plan_sheets.owned import OwnedRows
from services.actions.exchange.plan_sheets.participants import (
    PARTICIPANTS,
    participants_in,
    participants_of,
    with_participants,
)
from services.actions.exchange.plan_sheets.rows import TAGS, filled, list_in, require, texts_of, titles_in
from services.actions.exchange.plan_sheets.schemas import ActionRow
from services.actions.plan.actions.operations import ACTIONS
from services.actions.plan.actions.record import Location
from services.actions.plan.actions.schemas import present
from shared.bulk.columns import DAY, TEXTS, Column, number_in, read, shown, written
from shared.bulk.importable import Importable, Undo
from shared.bulk.reading import Cells, RowFault
from shared.bulk.row_records import Resolved, RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import fold
from shared.records.access_scope import AccessScope
from shared.web.contract.rows import validated

_NAMED = Column("programme")
_TITLE = Column("title", TEXTS, "titles")
_COLUMNS = (
    Column("pillar"),
    Column("kind"),
    Column("description", TEXTS, "descriptions"),
    Column("planned_start", DAY),
    Column("planned_end", DAY),
    Column("tags", TAGS),
)
_PLACE = {"place": "name", "subdivision": "subdivision", "lat": "lat", "lon": "lon"}
_BASELINE = ("measure", "value", "unit", "date")
_DAYS = ("planned_start", "planned_end")
HEADINGS = (
    *("programme", "pillar", "kind", "title", "description", *_DAYS, "tags"),
    *("budget_amount", "budget_currency", *(f"baseline_{name}" for name in _BASELINE), *_PLACE),
    *("locations", PARTICIPANTS),
)
_HEADING_OF = {
    "titles": "title",
    "descriptions": "description",
    "/budget/amount": "budget_amount",
    "/budget/currency": "budget_currency",
    **{f"/baseline/{name}": f"baseline_{name}" for name in _BASELINE},
    **{f"/location/{name}": heading for heading, name in _PLACE.items()},
    "location": "place",
}
_ORDER = RowFault("invalid_date", "planned_end: an action ends after it starts.")
_PLACES = RowFault("conflict", "place: the action has several locations, which the column `locations` replaces.")
_BOTH = RowFault("conflict", "locations: this column and place, subdivision, lat and lon say different places.")
_ENDED = RowFault("conflict", "programme: the programme has ended.")

_ROWS = OwnedRows(ACTIONS.resource, "programme", "tags", queries.programmes_named)


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as an action. Raises RowFault with the code of its first fault."""
    one = texts_of(cells)
    body = read((_NAMED, _TITLE, *_COLUMNS), one)
    if budget := _part(one, {"budget_amount": "amount", "budget_currency": "currency"}, "budget_amount"):
        body["budget"] = budget
    if baseline := _part(one, {f"baseline_{name}": name for name in _BASELINE}, "baseline_value"):
        body["baseline"] = baseline
    if location := _part(one, _PLACE, "lat", "lon"):
        body["location"] = location
    if "locations" in one:
        body["locations"] = list_in("locations", one["locations"])
    if PARTICIPANTS in one:
        body[PARTICIPANTS] = participants_in(one[PARTICIPANTS])
    values = validated(ActionRow, body, _HEADING_OF)
    _require_order(values.get("planned_start"), values.get("planned_end"))
    return ParsedRow((one.get("programme", ""), fold(one.get("title", ""))), (), None, values)


def _part(one: Mapping[str, str], headings: Mapping[str, str], *numbers: str) -> dict[str, Any]:
    """The members of a part of the record, from the cells under these headings."""
    return {
        name: number_in(heading, one[heading]) if heading in numbers else one[heading]
        for heading, name in headings.items()
        if heading in one
    }


def _require_order(starts: Any, ends: Any) -> None:
    if starts and ends and ends < starts:
        raise _ORDER


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a proposed action. Raises RowFault without a programme, pillar or title, in a programme that has
    ended, or with an unknown participant."""
    require(values, {"of": "programme", "pillar": "pillar", "titles": "title"})
    of = values["of"]
    if of.has_ended:
        raise _ENDED
    empty: Columns = {"descriptions": {}, "participants": [], "locations": [], "tags": [], "kind": "action"}
    placed = {"country": of.country, "visibility": of.visibility, "status": "proposed", "programme_id": of.id}
    return {
        **empty,
        **placed,
        **_columns(values),
        **titles_in(values),
        **participants_of(values),
        **_locations_in(values, []),
    }


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in an action; its programme stays. Raises RowFault if it would end before it
    starts, for a place of an action that has several, and for an unknown participant."""
    wanted = {**_columns(values), **titles_in(values, row), **participants_of(values, row)}
    _require_order(*(wanted.get(name, row[name]) for name in _DAYS))
    wanted |= _locations_in(values, row["locations"])
    if "descriptions" in wanted:
        wanted["descriptions"] = {**row["descriptions"], **wanted["descriptions"]}
    if "baseline" in wanted and row["baseline"]:
        wanted["baseline"] |= {"source": row["baseline"]["source"]}
    return wanted


def _columns(values: Values) -> Columns:
    """The columns that a row says, except the titles, the participants and the locations."""
    return {**written(_COLUMNS, values), **{name: values[name] for name in ("budget", "baseline") if name in values}}


def _locations_in(values: Values, before: Sequence[Location] = ()) -> Columns:
    """The locations that a row says in one way or the other. One that only repeats those of the action counts for
    nothing, since exports have both. Raises RowFault if the two differ, and for a place instead of several."""
    one = [values["location"]] if "location" in values else before
    every = values.get("locations", before)
    if one != before and every not in (before, one):
        raise _BOTH
    if one != before and len(before) > 1 and every == before:
        raise _PLACES
    return {"locations": every if one == before else one}


async def resolve(uow: UnitOfWork, rows: Sequence[Values], is_dry: bool) -> Resolved:
    """The rows with their programmes as `of`, and with the ids of their participants."""
    named = await with_participants(uow.connection, uow.origin.actor, rows)
    return await _ROWS.resolve(uow, named, is_dry)


def cells(row: Values, access: AccessScope) -> dict[str, str]:
    """The action in an export, under import headings; the budget for grants that cover the action. Participants and
    locations are the members of the record, which have these headings."""
    item, named = orjson.loads(orjson.dumps(present(row, access))), orjson.loads(row["named"])
    locations = item["locations"]
    parts: list[tuple[str, Mapping[str, Any]]] = [
        ("budget_", item.get("budget") or {}),
        ("baseline_", item["baseline"] or {}),
    ]
    texts: dict[str, Any] = {f"{prefix}{name}": value for prefix, part in parts for name, value in part.items()}
    if len(locations) == 1:
        texts |= {heading: locations[0][name] for heading, name in _PLACE.items()}
    return filled({**texts, **shown((_TITLE, *_COLUMNS), row), **named}, HEADINGS)


ACTION_IMPORT = Importable(
    kind=ACTIONS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, cells),
    entry=Entry(enter, change),
    listing=queries.ACTIONS_EXPORTED,
    export_extra="named",
    records=RowRecords(matches="action_action_matches", references=_ROWS.faults, resolve=resolve, resolves_all=True),
    undo=Undo(in_use=queries.used_actions),
)
