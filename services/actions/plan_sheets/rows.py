"""What the rows of actions and milestones have in common: reading cells, checking what rows name, and showing it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson

from services.actions.codes.queries import MOST_NAMED, unknown
from services.actions.plan_sheets.queries import Owner
from services.actions.schemes.record import Tag
from services.actions.sheets.domain import ByName
from shared.bulk.importable import IMPORT, Columns, Values
from shared.bulk.reading import UNKNOWN_REFERENCE, Cells, RowFault
from shared.database.statements import Connection
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope

_FORBIDDEN = RowFault("country_forbidden", "Your grants do not cover this country.")


def texts_of(cells: Cells) -> dict[str, str]:
    """The cells, each one text; a list is its parts, separated by `;`."""
    return {name: cell if isinstance(cell, str) else ";".join(cell) for name, cell in cells.items()}


def texts_in(heading: str, cell: str) -> Any:
    """A text in English, or texts by language as a JSON object. Raises RowFault."""
    return _json(heading, cell) if cell.startswith("{") else {"en": cell}


def tags_in(heading: str, cell: str) -> Any:
    """Codes such as `sdg:15.3; gbf:2`, or a JSON list as exports have it. Raises RowFault."""
    if cell.startswith("["):
        return _json(heading, cell)
    pairs = [pair.strip().partition(":") for pair in cell.split(";") if pair.strip()]
    if not all(scheme and code for scheme, _, code in pairs):
        raise RowFault("invalid_format", f"{heading}: codes with their schemes, such as sdg:15.3; gbf:2.")
    return [{"scheme": scheme, "code": code} for scheme, _, code in pairs]


def tag_cell(tags: Iterable[Tag]) -> str:
    """Codes as a cell. Those with a separator in them are JSON."""
    found = list(tags)
    if any(";" in f"{tag['scheme']}{tag['code']}" or ":" in tag["scheme"] for tag in found):
        return orjson.dumps(found).decode()
    return "; ".join(f"{tag['scheme']}:{tag['code']}" for tag in found)


def number_in(heading: str, cell: str) -> int | float:
    """A number. Raises RowFault."""
    try:
        return int(cell) if cell.removeprefix("-").isdecimal() else float(cell)
    except ValueError:
        raise RowFault("invalid_format", f"{heading}: a number such as 12.5.") from None


def _json(heading: str, cell: str) -> Any:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise RowFault("malformed_json", f"{heading}: the JSON is broken.") from None


def days_in(values: Values, *names: str) -> Columns:
    """The days among the values."""
    return {name: date.fromisoformat(values[name]) for name in names if name in values}


def titles_in(values: Values, row: Values | None = None) -> Columns:
    """The columns of the titles: languages that the row does not name stay."""
    if "titles" not in values:
        return {}
    titles = {**(row["titles"] if row else {}), **values["titles"]}
    return {"titles": titles, "search_key": search_key(*titles.values())}


def require(values: Values, headings: Mapping[str, str]) -> None:
    """Raises RowFault `required` for the first field that a new record needs and the row lacks."""
    for field, heading in headings.items():
        if values.get(field) is None:
            raise RowFault("required", f"{heading}: a new record has one.")


def owner_faults(
    access: AccessScope, owners: ByName[Owner], rows: Sequence[Values], heading: str
) -> dict[int, RowFault]:
    """By index, the rows that name an unknown record under the heading, or one of a country outside the grants."""
    faults = {}
    for place, values in enumerate(rows):
        if heading not in values:
            continue
        found = owners.get(values[heading])
        if len(found) != 1:
            faults[place] = UNKNOWN_REFERENCE
        elif not access.may(IMPORT, found[0].country):
            faults[place] = _FORBIDDEN
    return faults


async def tag_faults(connection: Connection, rows: Sequence[Values], heading: str) -> dict[int, RowFault]:
    """By index, the rows with a code that the current edition of its scheme does not have."""
    named = {place: _pairs(values[heading]) for place, values in enumerate(rows) if values.get(heading)}
    every = sorted({pair for pairs in named.values() for pair in pairs})
    strange: set[tuple[str, str]] = set()
    for first in range(0, len(every), MOST_NAMED):
        strange |= await unknown(connection, every[first : first + MOST_NAMED])
    return {
        place: RowFault("unknown_code", f"{heading}: {wrong[0]} has no code {wrong[1]}.")
        for place, pairs in named.items()
        if (wrong := next((pair for pair in pairs if pair in strange), None))
    }


def _pairs(tags: Iterable[Tag]) -> list[tuple[str, str]]:
    return [(tag["scheme"], tag["code"]) for tag in tags]


def text_cell(texts: str) -> str:
    """Texts by language, which a list has as JSON, as a cell."""
    found = orjson.loads(texts)
    plain = found.get("en") if found.keys() == {"en"} else None
    return plain if plain and not plain.startswith("{") else texts if found else ""


def filled(cells: Mapping[str, Any], headings: Collection[str]) -> dict[str, str]:
    """The cells under these headings that say something, as texts."""
    return {
        heading: cell if isinstance(cell, str) else str(cell)
        for heading in headings
        if (cell := cells.get(heading)) not in (None, "")
    }
