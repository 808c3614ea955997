"""Institutions in imports and exports: the meaning of a row's headings, and the record that it creates or changes.

Rows of a registry are verified, others submitted. An empty cell leaves its field unchanged.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import any_, bindparam, column, select, table, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from services.membership.access import ROLES
from services.membership.register.institutions import relations, ror
from services.membership.register.institutions.domain import derived, identity, institution_from_row, values_of
from services.membership.register.institutions.operations import INSTITUTIONS
from services.membership.register.institutions.queries import LISTING
from services.membership.register.institutions.schemas import InstitutionBody
from services.membership.register.institutions.tables import institution, institution_relation, institution_value
from shared.bulk.importable import Importable, Undo
from shared.bulk.reading import Cells, RowFault
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.bulk.side_tables import Derived, SideTables
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessScope
from shared.web.contract.fields import is_language
from shared.web.contract.rows import validated

HEADINGS = ("name", "country", "state_province", "domains", "web_pages", "types", "ror")
_HEADING_OF = {"names": "name", "links": "web_pages", "locations": "state_province"}
_affiliation = table("member_affiliation", column("institution_id", UUID_TYPE), schema="escm")
_ids = bindparam("ids", type_=ARRAY(UUID_TYPE))
_IN_USE = Statement(
    union(
        select(_affiliation.c.institution_id).where(_affiliation.c.institution_id == any_(_ids)),
        select(institution.c.merged_into).where(institution.c.merged_into == any_(_ids)),
    )
)


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a new institution. Raises RowFault with the code of its first fault."""
    if "record" in cells:
        return _ror_candidate(orjson.loads(str(cells["record"])))
    texts = {name: cell if isinstance(cell, str) else ";".join(cell) for name, cell in cells.items()}
    said = institution_from_row(texts)
    if "country" not in said:
        raise RowFault("country_missing", "country: every institution belongs to a country.")
    if "names" not in said:
        raise RowFault("name_missing", "name is needed.")
    said["country"] = said["country"].upper()
    values = validated(InstitutionBody, said, _HEADING_OF)
    keys = (f"ror:{values['ror']}",) if values.get("ror") else ()
    known = identity(values["names"], values["country"], values.get("ror"), values.get("domains", ()))
    return ParsedRow((known,), keys, values["country"], values)


def _ror_candidate(record: Mapping[str, Any]) -> ParsedRow:
    """A record of ROR. Its country is that of its first location; only ROR's own states are valid."""
    said = ror.fields_of(record)
    if not said["country"]:
        raise RowFault("country_missing", "country: every institution belongs to a country.")
    if not said["names"]:
        raise RowFault("name_missing", "names: at least one is needed.")
    if record["status"] not in ror.STATUSES:
        raise RowFault("not_one_of", f"status: one of {', '.join(ror.STATUSES)}.")
    for name in said["names"]:
        if name["language"] and not is_language(name["language"]):
            name["language"] = None
    values = validated(InstitutionBody, said, {})
    values["status"] = ror.STATUSES[record["status"]]
    return ParsedRow((values["ror"],), (f"ror:{values['ror']}",), values["country"], values)


_BLANK: Columns = {
    "ror": None,
    "types": [],
    "domains": [],
    "links": [],
    "locations": [],
    "relations": [],
    "heri": True,
    "visibility": "network",
}


def enter(values: Values, registry: bool) -> Columns:
    """The columns of a new institution."""
    row = {**_BLANK, **values, "status": _status(values, registry)}
    return {**row, **derived(row["names"])}


def _status(values: Values, registry: bool) -> str:
    """The state of a registry, else submitted; withdrawn from any source is withdrawn."""
    said = values.get("status", "verified")
    return str(said) if registry or said == "withdrawn" else "submitted"


def change(row: Values, values: Values) -> Columns:
    """The columns that a row's values set: its name is the first, its province that of the first location."""
    changed = {name: values[name] for name in ("country", "ror", "types", "domains", "links") if name in values}
    if "status" in values:
        former = [name for name in row["names"] if "former" in name["types"]]
        said = {name["value"] for name in values["names"]}
        changed["names"] = [*values["names"], *(name for name in former if name["value"] not in said)]
        changed |= {name: values[name] for name in ("locations", "relations")}
        changed["status"] = _moved_on(row["status"], values["status"])
        return {**changed, **derived({**row, **changed}["names"])}
    if row["names"][0]["value"] != values["names"][0]["value"]:
        changed["names"] = [values["names"][0], *row["names"][1:]]
    if "locations" in values:
        first = row["locations"][0] if row["locations"] else values["locations"][0]
        placed = {**first, "subdivision": values["locations"][0]["subdivision"]}
        changed["locations"] = [placed, *row["locations"][1:]]
    return {**changed, **derived({**row, **changed}["names"])}


def _moved_on(status: str, said: str) -> str:
    """The state after ROR's: an unverified institution waits for its curator, unless ROR withdrew it."""
    return said if said == "withdrawn" or status in ("verified", "inactive") else status


def _relation_rows(row: Values) -> list[Columns]:
    place = {"institution_id": row["id"], "country": row["country"], "visibility": row["visibility"]}
    return [
        {**place, "kind": kind, "other": other}
        for kind, other in relations.rows_of(row["relations"], row["id"], row["ror"])
    ]


def _value_rows(row: Values) -> list[Columns]:
    place = {"institution_id": row["id"], "country": row["country"], "visibility": row["visibility"]}
    return [
        {**place, "kind": kind, "value": value} for kind, value in values_of(row["names"], row["types"], row["domains"])
    ]


async def _in_use(connection: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """The institutions that affiliations name or that others were merged into."""
    return {row["institution_id"] for row in await _IN_USE.fetch(connection, ids=list(ids))}


def cells(row: Values, _access: AccessScope) -> dict[str, str]:
    """The institution in an export."""
    locations = orjson.loads(row["locations"])
    texts = {
        "name": row["display_name"],
        "country": row["country"],
        "state_province": locations[0]["subdivision"] if locations else None,
        "domains": " ".join(row["domains"]),
        "web_pages": " ".join(row["links"]),
        "types": " ".join(row["types"]),
        "ror": row["ror"],
    }
    return {heading: text for heading, text in texts.items() if text}


INSTITUTION_IMPORT = Importable(
    kind=INSTITUTIONS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, cells, record_keys=ror.RECORD_KEYS),
    entry=Entry(enter, change, registry_verb="verify"),
    listing=LISTING,
    records=RowRecords(matches="member_institution_matches"),
    side=SideTables(
        derived=(
            Derived(institution_value, "institution_id", _value_rows),
            Derived(institution_relation, "institution_id", _relation_rows),
        )
    ),
    undo=Undo(in_use=_in_use),
)
