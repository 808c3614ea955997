"""Experts in imports and exports: the meaning of a row's headings, and the record that it creates or changes.

An imported expert is a prospect, visible to the network. An empty cell leaves its field unchanged.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from services.membership.access import ROLES
from services.membership.register.experts.affiliation import AffiliationCreate
from services.membership.register.experts.domain import derived
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.queries import LISTING
from services.membership.register.experts.record import Expert, asserted_after, asserted_at_entry, with_verified
from services.membership.register.experts.schemas import ExpertBody, present
from services.membership.register.experts.tables import affiliation, expert_value
from services.membership.register.experts.values import values_of
from services.membership.register.institutions.naming import meant
from shared.bulk.importable import Importable
from shared.bulk.reading import UNKNOWN_REFERENCE, Cells, RowFault
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.bulk.side_tables import Child, Derived, SideTables
from shared.database.statements import Connection
from shared.kernel.clock import now, to_text
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.kernel.text import email_key, fold
from shared.records.access_scope import AccessScope
from shared.records.record import Imported, fields_of, fields_with
from shared.records.record import Texts as TextsByLanguage
from shared.web.contract.rows import validated

_IMPORTED = fields_with(Expert, Imported)
"""The fields with a column of the same name."""
_LISTS = frozenset(name for name in _IMPORTED if fields_of(Expert)[name].type == list[str])
_TEXTS = frozenset(name for name in _IMPORTED if fields_of(Expert)[name].type == TextsByLanguage)
_FLAGS = frozenset(name for name in _IMPORTED if fields_of(Expert)[name].type is bool)
NAMES = ("given_names", "family_name", "full_name")
HEADINGS = (*NAMES, "country", "institution", "institution_id", "role", "topic", "email", *_IMPORTED)
_NONE = "n/a"
_UNKNOWN_LANGUAGE = "und"
"""The BCP 47 tag of a text in an unknown language."""
_BETWEEN_TAGS = re.compile(r"[\s;,]+")
_BETWEEN_KEYWORDS = re.compile(r"\s*(?<!\\);\s*")
HEADING_OF_NAME = {
    f"/names/0/{part}": heading for part, heading in zip(("given", "family", "full"), NAMES, strict=True)
}
_HEADING_OF = {
    **HEADING_OF_NAME,
    "/emails/0/value": "email",
    "/affiliation/raw": "institution",
    "/affiliation/institution_id": "institution_id",
    "/affiliation/role": "role",
}


class ExpertRow(ExpertBody):
    """The fields that a row may set, with the rules of a body."""

    affiliation: AffiliationCreate | None = None


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a new expert. Raises RowFault with the code of its first fault."""
    one = texts_of(cells)
    body = name_and_country(one)
    if "email" in one:
        body["emails"] = [{"value": one["email"]}]
    body |= {name: _read(name, cells[name]) for name in _IMPORTED if name in cells}
    keywords = [*body.pop("keywords", ()), *([one["topic"]] if "topic" in one else [])]
    if keywords:
        body["keywords"] = list(dict.fromkeys(keywords))
    if affiliated := _affiliation(one):
        body["affiliation"] = affiliated
    values = validated(ExpertRow, body, _HEADING_OF)
    emails = [email_key(email["value"]) for email in values.get("emails", ())]
    keys = [f"email:{email}" for email in emails] + ([f"orcid:{values['orcid']}"] if "orcid" in values else [])
    names = (fold(one.get(name, "")) for name in NAMES)
    where = one.get("institution_id") or fold(one.get("institution", ""))
    return ParsedRow((*names, where, *keys), tuple(keys), values["country"], values)


def texts_of(cells: Cells) -> dict[str, str]:
    """The cells, each as one text."""
    return {name: _joined(cell) for name, cell in cells.items()}


def name_and_country(one: Mapping[str, str]) -> dict[str, Any]:
    """The name and the country of a row about a person. Raises RowFault if one of them is missing."""
    if "country" not in one:
        raise RowFault("country_missing", "country: every expert belongs to a country.")
    if not ("family_name" in one or "full_name" in one):
        raise RowFault("name_missing", "family_name or full_name is needed.")
    name = {"given": one.get("given_names"), "family": one.get("family_name"), "full": one.get("full_name")}
    return {"names": [name], "country": one["country"].upper()}


def is_nowhere(organisation: str | None) -> bool:
    """Whether a cell says that the person belongs to no organisation."""
    return organisation is None or organisation.casefold() == _NONE


def _affiliation(one: Mapping[str, str]) -> dict[str, Any] | None:
    known, raw = one.get("institution_id"), one.get("institution")
    if known is None and is_nowhere(raw):
        return None
    named = {"institution_id": known} if known else {"raw": raw}
    return {**named, "role": one.get("role")}


def _by_language(name: str, cell: str) -> Any:
    """Texts by language, from a JSON object; any other text has an unknown language."""
    if not cell.startswith("{"):
        return {_UNKNOWN_LANGUAGE: cell}
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise RowFault("malformed_json", f"{name}: texts by language are a JSON object.") from None


def _in_one_cell(texts: Mapping[str, str]) -> str | None:
    """The cell that `_by_language` parses to these texts."""
    if list(texts) == [_UNKNOWN_LANGUAGE] and not texts[_UNKNOWN_LANGUAGE].startswith("{"):
        return texts[_UNKNOWN_LANGUAGE]
    return orjson.dumps(texts).decode() if texts else None


def _read(name: str, cell: str | list[str]) -> Any:
    """The value of a field from the column of the same name; lists of codes are separated by spaces or `;`."""
    if name == "keywords":
        return [keyword.replace(r"\;", ";") for keyword in _several(cell, _BETWEEN_KEYWORDS)]
    if name in _LISTS:
        return _several(cell, _BETWEEN_TAGS)
    text = _joined(cell)
    if name in _TEXTS:
        return _by_language(name, text)
    return text.lower() if name == "category" else text


def _shown(name: str, value: Any) -> str | None:
    """The cell that `_read` parses to this value."""
    if name == "keywords":
        return "; ".join(keyword.replace(";", r"\;") for keyword in value)
    if name in _LISTS:
        return " ".join(value)
    if name in _FLAGS:
        return str(value).lower()
    return _in_one_cell(value) if name in _TEXTS else value


def _joined(cell: str | list[str]) -> str:
    return cell if isinstance(cell, str) else "; ".join(cell)


def _several(cell: str | list[str], between: re.Pattern[str]) -> list[str]:
    parts = between.split(cell) if isinstance(cell, str) else cell
    return [part for part in dict.fromkeys(parts) if part]


_BY_IMPORT = asserted_at_entry("import")
_BLANK: Columns = {
    **{name: [] if name in _LISTS else {} if name in _TEXTS else None for name in _IMPORTED},
    "status": "prospect",
    "visibility": "network",
    "emails": [],
    "category": "expert",
    "available_for_support": True,
    "orcid_authenticated": False,
}


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a new expert."""
    row = {**_BLANK, **{name: value for name, value in values.items() if name != "affiliation"}}
    row["emails"] = with_verified(row["emails"])
    return {**row, **derived(row["names"], row["emails"]), "asserted": _BY_IMPORT}


def change(row: Values, values: Values) -> Columns:
    """The columns that a row's values set: its name becomes the first, a new e-mail address is added."""
    changed = {name: values[name] for name in ("country", *_IMPORTED) if name in values}
    if not _says_the_same(row["names"][0], values["names"][0]):
        changed["names"] = [values["names"][0], *row["names"][1:]]
    new = [email for email in values.get("emails", ()) if email_key(email["value"]) not in row["email_keys"]]
    if new:
        changed["emails"] = [*with_verified(new), *row["emails"]][:10]
    differing = {name for name, value in changed.items() if value != row[name]}
    asserted = asserted_after(row["asserted"], differing, "import", to_text(now()))
    after = {**row, **changed}
    if after["orcid"] != row["orcid"]:
        changed["orcid_authenticated"] = False
    return {**changed, **derived(after["names"], after["emails"]), "asserted": asserted}


def _says_the_same(name: Values, other: Values) -> bool:
    return all(name.get(part) == other.get(part) for part in ("given", "family", "full"))


def _wanted_affiliation(values: Values) -> Columns | None:
    said = values.get("affiliation")
    if said is None:
        return None
    known = said["institution_id"]
    return {
        "institution_id": UUID(known) if known else None,
        "raw": said["raw"],
        "role": said["role"],
    }


def _same_affiliation(present_row: Values, wanted: Values) -> bool:
    if wanted["institution_id"] is not None:
        return bool(present_row["institution_id"] == wanted["institution_id"])
    return present_row["raw"] is not None and fold(present_row["raw"]) == fold(wanted["raw"])


def _written_version(row: Values) -> int:
    """The version without a link that the system made, since nobody wrote that."""
    linked_from = (row["match"] or {}).get("of_version")
    version: int = row["version"]
    return version - 1 if linked_from == version - 1 else version


def _value_rows(row: Values) -> list[Columns]:
    place = {"expert_id": row["id"], "country": row["country"], "visibility": row["visibility"]}
    return [{**place, "kind": kind, "value": value} for kind, value in values_of(row)]


async def _unknown_institutions(
    connection: Connection, principal: Principal, rows: Sequence[Values]
) -> dict[int, RowFault]:
    """The faults of rows whose institution the principal may not know of, by position."""
    asked = {
        place: UUID(said["institution_id"])
        for place, values in enumerate(rows)
        if (said := values.get("affiliation")) and said["institution_id"]
    }
    known = await meant(connection, principal, set(asked.values()))
    return {place: UNKNOWN_REFERENCE for place, institution in asked.items() if institution not in known}


def name_cells(name: Mapping[str, str | None]) -> dict[str, str | None]:
    """A name in an export."""
    return {"given_names": name.get("given"), "family_name": name.get("family"), "full_name": name.get("full")}


def cells(row: Values, access: AccessScope) -> dict[str, str]:
    """The expert in an export: the first name, the primary or the first affiliation."""
    shown = orjson.loads(orjson.dumps(present(row, access)))
    name = shown["names"][0]
    emails = [email["value"] for email in shown.get("emails", ())]
    works = orjson.loads(row["affiliations"])
    work = next((one for one in works if one["primary"]), works[0] if works else {})
    texts = {
        **name_cells(name),
        "country": shown["country"],
        "institution": work.get("raw"),
        "institution_id": work.get("institution_id"),
        "role": work.get("role"),
        "email": emails[0] if emails else None,
        **{name: _shown(name, shown[name]) for name in _IMPORTED if name in shown},
    }
    return {heading: text for heading, text in texts.items() if text}


_AFFILIATIONS = Child(
    resource=Resource("membership", "affiliations", "affiliation"),
    table=affiliation,
    owner="expert_id",
    tracked=("institution_id", "raw", "role", "unit", "starts", "ends", "is_primary"),
    wanted=_wanted_affiliation,
    same=_same_affiliation,
    values_on_create={"is_primary": False, "asserted_by": "import"},
    written_version=_written_version,
    link=lambda owner, row: f"{EXPERTS.resource.link(owner['id'])}/affiliations/{row['id']}",
)
EXPERT_IMPORT = Importable(
    kind=EXPERTS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row, cells),
    entry=Entry(enter, change),
    listing=LISTING,
    export_extra="affiliations",
    records=RowRecords(matches="member_expert_matches", references=_unknown_institutions),
    side=SideTables(derived=(Derived(expert_value, "expert_id", _value_rows),), children=(_AFFILIATIONS,)),
)
