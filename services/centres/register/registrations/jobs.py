"""Centres in imports: one row for each centre that was designated before it was entered."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.centres.access import ROLES
from services.centres.designation.centres.domain import names_search_key
from services.centres.designation.centres.operations import CENTRES
from services.centres.designation.centres.queries import EXPORTED
from services.centres.register.registrations import operations, queries
from services.centres.register.registrations.domain import designated_on, serial_of
from services.centres.register.registrations.schemas import CentreRow
from shared.bulk.columns import texts_cell, texts_in
from shared.bulk.importable import IMPORT, AfterWriting, Importable, Undo
from shared.bulk.reading import Cells, RowFault
from shared.bulk.record_parts import CompletedRow, RecordParts
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.records.access_scope import AccessScope
from shared.web.contract.rows import validated

_NAMED = ("host", "director")
HEADINGS = ("registration_number", "country", "name", "host", "unit", "director", "term_starts", "term_ends")
_TAKEN = RowFault("registration_number_taken", "registration_number: another centre has this number.")
_FORBIDDEN = RowFault("country_forbidden", "Your grants do not cover this country.")
_EMPTY: Mapping[str, Any] = {
    **{name: [] for name in ("themes", "application_documents", "change_documents")},
    **{name: {} for name in ("application_answers", "clock_spent")},
    "clock_announced": False,
}
_FIXED = ("country", "host_institution_id", "term_starts", "term_ends")
"""What a row says of a centre once; its own steps change it afterwards."""


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a registered centre. Raises RowFault with the code of its first fault."""
    if any(isinstance(cell, list) for cell in cells.values()):
        raise RowFault("invalid_type", "Each cell is one text.")
    body: dict[str, Any] = {**cells}
    for name in ("registration_number", "country"):
        if name in body:
            body[name] = body[name].upper()
    if "name" in body:
        body["name"] = texts_in("name", body["name"])
    values = validated(CentreRow, body, {})
    try:
        serial_of(values["registration_number"], values["country"])
    except ValueError:
        detail = f"registration_number: a number of the register is written ESNRC-{values['country']}-07."
        raise RowFault("invalid_format", detail) from None
    if not values["term_starts"] < values["term_ends"]:
        raise RowFault("invalid_date", "term_ends: the term ends after it starts.")
    if values["term_ends"] < today().isoformat():
        raise RowFault("invalid_date", "term_ends: the term has ended.")
    return ParsedRow((values["registration_number"],), (), None, values)


async def _complete(uow: UnitOfWork, access: AccessScope, rows: Sequence[Values]) -> Sequence[CompletedRow | RowFault]:
    connection, principal = uow.connection, access.principal
    cells = {heading: {values[heading] for values in rows if heading in values} for heading in _NAMED}
    named = {
        "host": await operations.find_hosts(connection, principal, cells["host"]),
        "director": await operations.find_directors(connection, principal, cells["director"]),
    }
    taken = await queries.taken(connection, {values["registration_number"] for values in rows})
    completed: list[CompletedRow | RowFault] = []
    for values in rows:
        try:
            completed.append(_completed(access, named, taken, values))
        except RowFault as fault:
            completed.append(fault)
    return completed


def _completed(
    access: AccessScope, named: Mapping[str, Mapping[str, UUID]], taken: set[str], values: Values
) -> CompletedRow:
    if not access.may(IMPORT, values["country"]):
        raise _FORBIDDEN
    if values["registration_number"] in taken:
        raise _TAKEN
    for heading, found in named.items():
        if heading in values and values[heading] not in found:
            raise RowFault("unknown_reference", f"{heading}: the record that the row refers to is not known.")
    columns: Columns = {
        "country": values["country"],
        "names": values["name"],
        "host_institution_id": named["host"][values["host"]],
        "term_starts": date.fromisoformat(values["term_starts"]),
        "term_ends": date.fromisoformat(values["term_ends"]),
    }
    if "unit" in values:
        columns["unit"] = values["unit"]
    if "director" in values:
        columns["director_id"] = named["director"][values["director"]]
    number = values["registration_number"]
    return CompletedRow({"registration_number": number, "columns": columns}, f"centre:{number}")


async def _refused(connection: Connection, rows: Sequence[Values]) -> Mapping[int, RowFault]:
    """The rows whose number a designation has taken since they were read."""
    await operations.lock_numbers(connection, {values["columns"]["country"] for values in rows})
    taken = await queries.taken(connection, {values["registration_number"] for values in rows})
    return {place: _TAKEN for place, values in enumerate(rows) if values["registration_number"] in taken}


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a centre before its designation is recorded."""
    number, columns = values["registration_number"], values["columns"]
    return {
        **_EMPTY,
        **columns,
        "status": "draft",
        "visibility": "public",
        "search_key": names_search_key(columns["names"], number),
        "registration_number": number,
        "registration_serial": serial_of(number, columns["country"]),
        "designated_on": designated_on(columns["term_starts"], today()),
        "term_number": 1,
    }


def change(row: Values, values: Values) -> Columns:
    """The names, the unit and the director that a later row corrects. Raises RowFault `conflict` for another country,
    host or term."""
    columns = values["columns"]
    if any(row[name] != columns[name] for name in _FIXED):
        raise RowFault("conflict", "Only name, unit and director of an entered centre are corrected by a file.")
    corrected = {name: value for name, value in columns.items() if row[name] != value}
    if "names" in corrected:
        corrected["search_key"] = names_search_key(corrected["names"], row["registration_number"])
    return corrected


def advance(row: Values, _values: Values, _registry: bool) -> str | None:
    """The verb by which an import records that a centre was designated."""
    return "record_designation" if row["status"] == "draft" else None


async def _headings(_connection: Connection, _access: AccessScope) -> Sequence[str]:
    return ()


def lines(row: Values, _access: AccessScope) -> Iterable[dict[str, str]]:
    """The centre in an export, in one line."""
    texts = {
        "registration_number": row["registration_number"],
        "country": row["country"],
        "name": texts_cell(row["names"]),
        "unit": row["unit"],
        **orjson.loads(row["named"]),
        **{name: day.isoformat() for name in ("term_starts", "term_ends") if (day := row[name]) is not None},
    }
    yield {heading: text for heading in HEADINGS if (text := texts.get(heading))}


CENTRE_IMPORT = Importable(
    kind=CENTRES,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row),
    entry=Entry(enter, change, advance),
    listing=EXPORTED,
    export_extra="named",
    parts=RecordParts("", _headings, _complete, _refused, lambda _values: False, lines),
    after=AfterWriting(insert=operations.open_terms),
    undo=Undo(in_use=queries.in_use, before_delete=operations.delete_terms),
)
