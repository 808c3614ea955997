"""Results in imports and exports. Imported results are drafts."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from services.actions.access import ROLES
from services.actions.exchange.result_sheets import operations, queries
from services.actions.exchange.result_sheets.domain import DIMENSION, Subject, key_of, with_part
from services.actions.exchange.result_sheets.listings import RESULTS_EXPORTED
from services.actions.exchange.result_sheets.rows import (
    AMOUNT,
    amount_cells,
    common_of,
    completed_rows,
    decimal_cells,
    has_unknown_code,
    names_in,
    parsed,
    part_in,
    raise_first,
    require_few_parts,
    require_known_part,
    says_nothing,
    subject_cells,
    subject_columns,
    texts_of,
)
from services.actions.exchange.result_sheets.schemas import ResultRow
from services.actions.measurement.results.operations import RESULTS
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.values import faults
from services.actions.measurement.validation_rules.operations import VALIDATION_JOB
from shared.auth.independence import with_author
from shared.bulk.columns import texts_cell
from shared.bulk.importable import AfterWriting, Importable
from shared.bulk.reading import Cells, RowFault
from shared.bulk.record_parts import CompletedRow, RecordParts
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.outbox import defer_once
from shared.records.access_scope import AccessScope
from shared.records.record import Document

_OTHER = ("code", "text", "missing")
_VALUES = (*AMOUNT, *_OTHER)
_ABOUT = ("method", "source", "comment")
HEADINGS = (
    *("indicator", "country", "action", "centre", "period", "year", "kind"),
    *(*_VALUES, *_ABOUT, "evidence_id"),
)
_NOT_DRAFT = RowFault("result_not_draft", "The result is no draft any more. Return it, or revise it.")


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a result. Raises RowFault with the code of its first fault."""
    one = texts_of(cells, AMOUNT)
    row = parsed(ResultRow, one, "year", "kind")
    if "dimensions" in row.values and any(name in row.values for name in _OTHER):
        raise RowFault("value_mismatch", "Only numbers have parts.")
    return row


async def _complete(uow: UnitOfWork, access: AccessScope, rows: Sequence[Values]) -> Sequence[CompletedRow | RowFault]:
    named = await operations.find_named(uow.connection, access, [names_in(values) for values in rows])
    files = [UUID(values["evidence_id"]) for values in rows if "evidence_id" in values]
    documents = await operations.documents_of(uow, files)
    unknown = await operations.unknown_codes(uow.connection, named, rows)
    commons: dict[str, dict[str, Any]] = {}

    def complete(values: Values) -> CompletedRow:
        subject = named.subject_of(names_in(values))
        own = _about(values, documents)
        columns = _columns(values, subject)
        raise_first(list(faults(RESULTS.new({**columns, "evidence": []}), subject.indicator)))
        if subject.period and (refusal := named.refusal(subject.period, subject.country)):
            raise refusal
        key = key_of(columns["kind"], subject, columns["year"])
        common = common_of(commons, key, own)
        whole = {"subject": subject, "columns": columns, "about": own, "common": common, "author": access.principal}
        is_unknown = has_unknown_code(values, subject.indicator, unknown)
        said = {"has_unknown_code": is_unknown, "says_nothing": says_nothing(values, _VALUES)}
        return CompletedRow({**whole, **said}, key)

    return completed_rows(rows, complete)


def _about(values: Values, documents: Mapping[UUID, Document | RowFault]) -> dict[str, Any]:
    """What a row says about its result, whichever part it is about."""
    own = {name: values[name] for name in _ABOUT if name in values}
    if "evidence_id" in values:
        document = documents[UUID(values["evidence_id"])]
        if isinstance(document, RowFault):
            raise document
        own["document"] = document
    return own


def _columns(values: Values, subject: Subject) -> dict[str, Any]:
    """The columns of the row's own record, with its part alone."""
    part = part_in(values)
    amount = {name: None if text is None else Decimal(text) for name in AMOUNT for text in (values.get(name),)}
    whole = dict.fromkeys(AMOUNT) if "dimensions" in values else amount
    return {
        **subject_columns(subject),
        "kind": values.get("kind", "actual"),
        "year": values.get("year"),
        **whole,
        **{name: values.get(name) for name in _OTHER},
        "breakdown": [] if part is None else [part],
    }


async def _refused(connection: Connection, rows: Sequence[Values]) -> Mapping[int, RowFault]:
    return await operations.refused(connection, [values["subject"] for values in rows], in_time=True)


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a new draft. Raises RowFault without a method."""
    require_known_part(values)
    common = values["common"]
    if "method" not in common:
        raise RowFault("required", "method: a new result has one.")
    document = common.get("document")
    return {
        **values["columns"],
        "status": "draft",
        "visibility": "network",
        **{name: common.get(name) for name in _ABOUT},
        "evidence": [] if document is None else [document],
        "revision": 1,
        "acknowledged": [],
        "claimants": with_author((), values["author"]),
    }


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in a living result. Raises RowFault `result_not_draft` for a change of any other
    than a draft, and `too_long` for more parts than a result may have."""
    require_known_part(values, row["breakdown"])
    columns, about = values["columns"], values["about"]
    wanted: Columns = {name: about[name] for name in _ABOUT if name in about}
    if columns["breakdown"]:
        wanted["breakdown"] = with_part(row["breakdown"], columns["breakdown"][0])
    elif not values["says_nothing"]:
        wanted |= {name: columns[name] for name in _VALUES}
    document = about.get("document")
    if document and all(one.get("evidence_id") != document["evidence_id"] for one in row["evidence"]):
        wanted["evidence"] = [*row["evidence"], document]
    changed = {name: value for name, value in wanted.items() if row[name] != value}
    if changed and row["status"] != "draft":
        raise _NOT_DRAFT
    require_few_parts(changed)
    return {**changed, "claimants": with_author(row["claimants"], values["author"])} if changed else {}


def lines(row: Values, access: AccessScope) -> Iterable[dict[str, str]]:
    """The result in an export: the whole, then each part."""
    named = orjson.loads(row["named"])
    key = {**subject_cells(named), "kind": row["kind"], "method": row["method"]}
    if row["year"] is not None:
        key["year"] = str(row["year"])
    whole = {**key, **decimal_cells(row, *AMOUNT)}
    whole |= {name: row[name] for name in ("code", "missing", "source", "comment") if row[name] is not None}
    if row["text"] is not None:
        whole["text"] = texts_cell(row["text"])
    if named["evidence"] and access.sees_all_fields(row["country"], Result.scope_of(row)):
        whole["evidence_id"] = named["evidence"]
    yield whole
    for part in named["breakdown"]:
        yield {**key, **amount_cells(part)}


def validate_later(uow: UnitOfWork, row: Values) -> None:
    """Enqueues the validation of the results of the country, once in a transaction."""
    defer_once(uow, RESULTS.resource.service, VALIDATION_JOB, {"country": row["country"]})


RESULT_IMPORT = Importable(
    kind=RESULTS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, decimals=frozenset(AMOUNT)),
    entry=Entry(enter, change),
    listing=RESULTS_EXPORTED,
    export_extra="named",
    records=RowRecords(matches="action_result_matches", ended=("discarded", "retracted")),
    parts=RecordParts(
        DIMENSION, queries.dimension_headings, _complete, _refused, lambda values: values["says_nothing"], lines
    ),
    after=AfterWriting(write=validate_later),
)
