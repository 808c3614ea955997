"""The institutions that take part in an action, as a cell: a ref, a ROR id or an id of each, and its role."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.actions.exchange.plan_sheets import queries
from services.actions.exchange.plan_sheets.rows import list_in
from shared.bulk.reading import RowFault
from shared.bulk.rows import Columns, Values
from shared.database.statements import Connection
from shared.kernel.identifiers import ror_id
from shared.kernel.principal import Principal
from shared.records.references import NAMED_INSTITUTIONS

PARTICIPANTS = "participants"
_UNKNOWN = "unknown_participants"
_STRANGER = RowFault("unknown_reference", "participants: one of the institutions is not known.")
_FORMAT = RowFault("invalid_format", "participants: institutions with their roles, such as INS-000001:4; INS-000002:1.")


def participants_in(cell: str) -> Any:
    """Institutions such as `INS-000001:4; https://ror.org/02mhbdp94:1`, or a JSON list as exports have it. Raises
    RowFault."""
    if cell.startswith("["):
        return list_in(PARTICIPANTS, cell)
    pairs = [part.strip().rpartition(":") for part in cell.split(";") if part.strip()]
    if not all(name.strip() and role.strip().isdecimal() for name, _, role in pairs):
        raise _FORMAT
    return [{"institution_id": name.strip(), "role": int(role)} for name, _, role in pairs]


async def with_participants(connection: Connection, principal: Principal, rows: Sequence[Values]) -> list[Values]:
    """The rows with the ids of the institutions that they name. Whether one is unknown shows when the row is written:
    an action keeps the participants that it has."""
    names = {one["institution_id"] for values in rows for one in values.get(PARTICIPANTS, ())}
    found = await _found(connection, names)
    known = await NAMED_INSTITUTIONS.known(connection, principal, set(found.values())) if found else set()
    return [_resolved(values, found, known) if values.get(PARTICIPANTS) else values for values in rows]


async def _found(connection: Connection, names: Iterable[str]) -> dict[str, UUID]:
    """The ids of institutions by the names in cells."""
    asked = {name: ror_id(name) or name for name in names}
    found = await queries.institutions_named(connection, {*asked.values()})
    return {name: found[key] for name, key in asked.items() if key in found}


def _resolved(values: Values, found: Mapping[str, UUID], known: set[UUID]) -> Values:
    named = values[PARTICIPANTS]
    keys = [found.get(one["institution_id"]) for one in named]
    shown = [{**one, "institution_id": str(key)} if key else one for one, key in zip(named, keys, strict=True)]
    return {**values, PARTICIPANTS: shown, _UNKNOWN: not known.issuperset(keys)}


def participants_of(values: Values, row: Values | None = None) -> Columns:
    """The participants among the values. Raises RowFault `unknown_reference` if they differ from those of the row and
    one of them is unknown."""
    if PARTICIPANTS not in values or (row is not None and row[PARTICIPANTS] == values[PARTICIPANTS]):
        return {}
    if values.get(_UNKNOWN):
        raise _STRANGER
    return {PARTICIPANTS: values[PARTICIPANTS]}
