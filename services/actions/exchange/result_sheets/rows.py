"""What the rows of results and targets have in common: cells, names and completed values."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from services.actions.exchange.result_sheets.domain import DIMENSION, KEY, Names, Subject
from services.actions.exchange.result_sheets.schemas import SubjectRow
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.results.record import ResultPart
from services.actions.measurement.subjects.domain import MOST_PARTS, codes_of_schemes
from shared.bulk.columns import texts_in
from shared.bulk.reading import Cells, RowFault
from shared.bulk.record_parts import CompletedRow
from shared.bulk.rows import Columns, ParsedRow, Values
from shared.kernel.decimals import to_text
from shared.kernel.errors import FieldError
from shared.web.contract.rows import validated

_EXPONENT = re.compile(r"-?[0-9.]+[eE][+-]?[0-9]+")
AMOUNT = ("value", "numerator", "denominator")


def texts_of(cells: Cells, decimals: Sequence[str]) -> dict[str, str]:
    """The cells, each one text. Raises RowFault for a list, and for a decimal number with an exponent."""
    for name, cell in cells.items():
        if isinstance(cell, list):
            raise RowFault("invalid_type", f"{name}: one text.")
    one = {name: str(cell) for name, cell in cells.items()}
    for name in decimals:
        if _EXPONENT.fullmatch(one.get(name, "")):
            detail = "no exponent, and more than 15 digits only in a cell that is formatted as text."
            raise RowFault("invalid_format", f"{name}: {detail}")
    return one


def parsed(model: type[SubjectRow], one: Mapping[str, str], *key: str) -> ParsedRow:
    """The row by its model. Its identity is what it names, with the values of the headings in `key`."""
    body: dict[str, Any] = {name: text for name, text in one.items() if not name.startswith(DIMENSION)}
    dimensions = {name.removeprefix(DIMENSION): text for name, text in one.items() if name.startswith(DIMENSION)}
    if dimensions:
        body["dimensions"] = dimensions
    for name in ("country", "kind", "method", "missing"):
        if name in body:
            body[name] = body[name].upper() if name == "country" else body[name].lower()
    if "text" in body:
        body["text"] = texts_in("text", body["text"])
    values = validated(model, body, {"dimensions": "dim_…"})
    part = (f"{name}={text}" for name, text in sorted(dimensions.items()))
    identity = (*(str(values.get(name) or "") for name in (*KEY, *key)), *part)
    return ParsedRow(identity, (), values.get("country"), values)


def names_in(values: Values) -> Names:
    """What a row names."""
    return Names(values["indicator"], *(values.get(name) for name in KEY[1:]))


def part_in(values: Values) -> ResultPart | None:
    """The part of the whole that a row is about, if it has a number; None for a row about the whole."""
    if not values.get("dimensions") or says_nothing(values, AMOUNT):
        return None
    value, numerator, denominator = (values.get(name) for name in AMOUNT)
    return {"dimensions": values["dimensions"], "value": value, "numerator": numerator, "denominator": denominator}


def raise_first(faults: Sequence[FieldError]) -> None:
    """Raises RowFault for the first of the faults."""
    if faults:
        first = faults[0]
        heading = (first.pointer or "").rpartition("/")[2].removesuffix("_id")
        raise RowFault(first.code, f"{heading}: {first.detail}")


def completed_rows(rows: Sequence[Values], complete: Callable[[Values], CompletedRow]) -> list[CompletedRow | RowFault]:
    """Each row completed, or the fault that `complete` raises for it."""
    completed: list[CompletedRow | RowFault] = []
    for values in rows:
        try:
            completed.append(complete(values))
        except RowFault as fault:
            completed.append(fault)
    return completed


def says_nothing(values: Values, names: Collection[str]) -> bool:
    """Whether a row has no value under these headings."""
    return all(values.get(name) is None for name in names)


def require_few_parts(columns: Columns) -> None:
    """Raises RowFault `too_long` for more parts than a record may have."""
    if len(columns.get("breakdown", ())) > MOST_PARTS:
        raise RowFault("too_long", f"At most {MOST_PARTS:,} parts.")


def has_unknown_code(values: Values, of: Indicator, unknown: Collection[tuple[str, str]]) -> bool:
    """Whether the row is about a part with one of these codes of schemes."""
    return any(code in unknown for _, _, code in codes_of_schemes([values.get("dimensions") or {}], of))


def require_known_part(values: Values, stored: Sequence[Mapping[str, Any]] = ()) -> None:
    """Raises RowFault `unknown_code` for a part with a code that its scheme lacks, unless the record has the part."""
    for part in values["columns"]["breakdown"] if values["has_unknown_code"] else ():
        if all(one["dimensions"] != part["dimensions"] for one in stored):
            raise RowFault("unknown_code", "dim_…: the current edition of the scheme has no such code.")


def subject_cells(subject: Mapping[str, Any]) -> dict[str, str]:
    """The cells of what a record is about, from its names."""
    return {name: text for name in KEY if (text := subject[name])}


def amount_cells(part: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a part: its dimensions and its amount."""
    cells = {f"{DIMENSION}{name}": text for name, text in part["dimensions"].items()}
    return cells | {name: text for name in AMOUNT if (text := part.get(name)) is not None}


def decimal_cells(row: Values, *names: str) -> dict[str, str]:
    """The decimal numbers of a record as texts."""
    return {name: to_text(number) for name in names if (number := row[name]) is not None}


def common_of(commons: dict[str, dict[str, Any]], key: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """What all rows of one record say about it, with what one of them says."""
    common = commons.setdefault(key, {})
    common |= own
    return common


def subject_columns(subject: Subject) -> dict[str, Any]:
    """The columns of what a record is about."""
    return {
        "indicator_id": subject.indicator.id,
        "country": subject.country,
        "action_id": subject.action_id,
        "centre_id": subject.centre_id,
        "period_id": subject.period.id if subject.period else None,
    }
