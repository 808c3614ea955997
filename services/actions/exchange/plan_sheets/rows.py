"""What the cells of actions and milestones have in common: reading and showing them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson

from services.actions.classification.schemes.record import Tag
from shared.bulk.columns import CellType
from shared.bulk.reading import Cells, RowFault
from shared.bulk.rows import Columns, Values
from shared.kernel.text import search_key


def texts_of(cells: Cells) -> dict[str, str]:
    """The cells, each one text; a list is its parts, separated by `;`."""
    return {name: cell if isinstance(cell, str) else ";".join(cell) for name, cell in cells.items()}


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


TAGS = CellType(tags_in, show=lambda tags: tag_cell(orjson.loads(tags)))


def list_in(heading: str, cell: str) -> Any:
    """A JSON list as exports have it. Raises RowFault."""
    if not cell.startswith("["):
        raise RowFault("invalid_format", f"{heading}: a JSON list, as exports have it.")
    return _json(heading, cell)


def _json(heading: str, cell: str) -> Any:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        raise RowFault("malformed_json", f"{heading}: the JSON is broken.") from None


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


def filled(cells: Mapping[str, Any], headings: Collection[str]) -> dict[str, str]:
    """The cells under these headings that say something, as texts."""
    return {
        heading: cell if isinstance(cell, str) else str(cell)
        for heading in headings
        if (cell := cells.get(heading)) not in (None, "")
    }
