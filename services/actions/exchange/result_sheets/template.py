"""The prefilled file in which a country enters the results of a period."""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from services.actions.exchange.result_sheets.domain import DIMENSION, REMARKS, due_parts
from services.actions.exchange.result_sheets.due import DueResult
from services.actions.exchange.result_sheets.results import HEADINGS, lines
from services.actions.measurement.periods.record import Period
from shared.bulk.targets import target
from shared.kernel.text import text_in
from shared.records.access_scope import AccessScope

_UNSAID = "measured"
"""The method of the first result of a subject, until somebody writes another one."""


def headings_of(found: Sequence[DueResult]) -> Sequence[str]:
    """The headings of imports, the dimensions of the indicators, and the remarks."""
    keys = dict.fromkeys(one["key"] for due in found for one in due.indicator.disaggregations)
    return (
        *HEADINGS[:1],
        REMARKS[0],
        *HEADINGS[1:7],
        *(f"{DIMENSION}{key}" for key in keys),
        *HEADINGS[7:],
        *REMARKS[1:],
    )


def write_template(
    file: BinaryIO,
    media: str,
    found: Sequence[DueResult],
    period: Period,
    language: str,
    access: AccessScope,
    *,
    safe: bool,
) -> None:
    """Writes the file, `xlsx` or `csv`: a row for each due result, and one for each of its parts. Blocks."""
    into = target(file, media, headings_of(found), safe=safe)
    for one in found:
        for cells in _rows(one, period, language, access):
            into.write(cells)
    into.close()


def _rows(due: DueResult, period: Period, language: str, access: AccessScope) -> Iterator[Mapping[str, str]]:
    of, parts = due.indicator, due.parts()
    present = {_part_of(cells): cells for cells in lines(due.row, access)} if due.row else {}
    unit = of.unit["label"] if of.unit else "%" if of.measure == "percentage" else ""
    remarks = {"title": text_in(language, of.titles), "unit": unit}
    for dimensions in due_parts(of, parts):
        own = {f"{DIMENSION}{name}": text for name, text in dimensions.items()}
        cells = present.get(_part_of(own)) or {**_key(due, period), **own}
        numbers = {"previous_value": due.previous_of(dimensions), "target": due.target_of(dimensions)}
        yield {**cells, **remarks, **numbers}


def _part_of(cells: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, text) for name, text in cells.items() if name.startswith(DIMENSION))


def _key(due: DueResult, period: Period) -> dict[str, str]:
    """The cells of a result that nobody has entered."""
    of, subject = due.indicator, due.subject
    place = {"country": due.country} if subject.ref is None else {of.reported_by: subject.ref}
    method = due.previous.method if due.previous else _UNSAID
    name = period.code if of.framework else str(period.id)
    return {"indicator": of.code, **place, "period": name, "kind": "actual", "method": method}
