"""Targets in imports and exports."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from services.actions.access import ROLES
from services.actions.exchange.result_sheets import operations, queries
from services.actions.exchange.result_sheets.domain import DIMENSION, Subject, key_of, with_part
from services.actions.exchange.result_sheets.listings import TARGETS_EXPORTED
from services.actions.exchange.result_sheets.rows import (
    amount_cells,
    common_of,
    completed_rows,
    decimal_cells,
    has_unknown_code,
    names_in,
    parsed,
    raise_first,
    require_few_parts,
    require_known_part,
    says_nothing,
    subject_cells,
    subject_columns,
    texts_of,
)
from services.actions.exchange.result_sheets.schemas import TargetRow
from services.actions.measurement.subjects.domain import part_faults
from services.actions.measurement.targets import domain
from services.actions.measurement.targets.operations import TARGETS
from shared.bulk.importable import Importable
from shared.bulk.reading import Cells, RowFault
from shared.bulk.record_parts import CompletedRow, RecordParts
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope

_VALUES = ("value", "code")
HEADINGS = ("indicator", "country", "action", "centre", "period", *_VALUES, "comment")
_NO_WHOLE = RowFault("value_mismatch", "A new target has a value or a code for the whole.")


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a target. Raises RowFault with the code of its first fault."""
    row = parsed(TargetRow, texts_of(cells, ("value",)))
    if "dimensions" in row.values and "code" in row.values:
        raise RowFault("value_mismatch", "Only numbers have parts.")
    return row


async def _complete(uow: UnitOfWork, access: AccessScope, rows: Sequence[Values]) -> Sequence[CompletedRow | RowFault]:
    named = await operations.find_named(uow.connection, access, [names_in(values) for values in rows])
    unknown = await operations.unknown_codes(uow.connection, named, rows)
    commons: dict[str, dict[str, Any]] = {}

    def complete(values: Values) -> CompletedRow:
        subject = named.subject_of(names_in(values))
        columns = _columns(values, subject)
        key = key_of("target", subject)
        own = {name: columns[name] for name in (*_VALUES, "comment") if columns[name] is not None}
        common = common_of(commons, key, own)
        whole = {"subject": subject, "columns": columns, "own": own, "common": common}
        is_unknown = has_unknown_code(values, subject.indicator, unknown)
        said = {"has_unknown_code": is_unknown, "says_nothing": says_nothing(values, _VALUES)}
        return CompletedRow({**whole, **said}, key)

    return completed_rows(rows, complete)


def _columns(values: Values, subject: Subject) -> dict[str, Any]:
    """The columns of the row's own record, with its part alone."""
    dimensions = values.get("dimensions")
    is_part = dimensions and "value" in values
    columns = {
        **subject_columns(subject),
        "value": Decimal(values["value"]) if "value" in values and not dimensions else None,
        "code": values.get("code"),
        "breakdown": [{"dimensions": dimensions, "value": values["value"]}] if is_part else [],
        "comment": values.get("comment"),
    }
    of = subject.indicator
    if dimensions:
        raise_first(list(part_faults([dimensions], of)))
    elif not says_nothing(values, _VALUES):
        raise_first(list(domain.faults(TARGETS.new(columns), of)))
    return columns


async def _refused(connection: Connection, rows: Sequence[Values]) -> Mapping[int, RowFault]:
    return await operations.refused(connection, [values["subject"] for values in rows], in_time=False)


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a new target. Raises RowFault without a value for the whole."""
    require_known_part(values)
    common = values["common"]
    if not any(name in common for name in _VALUES):
        raise _NO_WHOLE
    own = {name: common.get(name) for name in (*_VALUES, "comment")}
    return {**values["columns"], **own, "status": domain.CURRENT, "visibility": "network"}


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in a target. Raises RowFault `too_long` for more parts than a target may have."""
    require_known_part(values, row["breakdown"])
    columns, wanted = values["columns"], dict(values["own"])
    if columns["breakdown"]:
        wanted["breakdown"] = with_part(row["breakdown"], columns["breakdown"][0])
    require_few_parts(wanted)
    return wanted


def lines(row: Values, _access: AccessScope) -> Iterable[dict[str, str]]:
    """The target in an export: the whole, then each part."""
    named = orjson.loads(row["named"])
    key = subject_cells(named)
    texts = {name: row[name] for name in ("code", "comment") if row[name] is not None}
    yield {**key, **decimal_cells(row, "value"), **texts}
    for part in orjson.loads(row["breakdown"]):
        yield {**key, **amount_cells(part)}


TARGET_IMPORT = Importable(
    kind=TARGETS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, decimals=frozenset({"value"})),
    entry=Entry(enter, change),
    listing=TARGETS_EXPORTED,
    export_extra="named",
    records=RowRecords(matches="action_target_matches"),
    parts=RecordParts(
        DIMENSION, queries.dimension_headings, _complete, _refused, lambda values: values["says_nothing"], lines
    ),
)
