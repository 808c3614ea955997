"""Figures as charts: rows of data become the rows of a chart, in the language of the reader."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import cast

from services.actions.global_report.figures.answers import TEXTS, Answer, Axes, Node, axes_of
from services.actions.global_report.figures.record import Figure
from shared.kernel.countries import COUNTRIES
from shared.kernel.text import text_in
from shared.pages.charts.chart import Chart, Kind, Row, notes_of
from shared.web.contract.vocabularies import terms_of

_OF_COUNTRIES = ("country", "code")
"""Members that hold the code of a country; other codes are at no place of a map."""


def chart_of(figure: Figure, answer: Answer, language: str) -> Chart:
    """The chart of a figure, with its caption, its source and its day."""
    axes = axes_of(figure, answer.data)
    rows, series = _table_of(axes, language)
    day = answer.data.get("as_of") or figure.as_of
    caption = text_in(language, figure.captions) if figure.captions else ""
    return Chart(
        kind=cast(Kind, figure.kind),
        language=language,
        title=text_in(language, figure.titles),
        alternative=text_in(language, figure.alternatives),
        rows=rows,
        series=series,
        notes=notes_of(language, caption, figure.source, str(day) if day else None),
    )


def _table_of(axes: Axes, language: str) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The rows of a chart with a value for each series, in the order of the data."""
    values: dict[str, dict[str, Decimal | None]] = {}
    places: dict[str, str] = {}
    for row in axes.rows:
        name, label = _label(axes.series, row, language) if axes.series else "", _label(axes.x, row, language)
        values.setdefault(label, {})[name] = _number(row.get(axes.y or ""))
        places[label] = str(row.get(axes.x)) if axes.x in _OF_COUNTRIES else ""
    names = tuple(dict.fromkeys(name for found in values.values() for name in found)) or ("",)
    rows = (Row(label, tuple(found.get(name) for name in names), places[label]) for label, found in values.items())
    return tuple(rows), names


def _number(value: Node) -> Decimal | None:
    try:
        return None if value is None or isinstance(value, dict | list) else Decimal(str(value))
    except InvalidOperation:
        return None


def _label(name: str | None, row: Mapping[str, Node], language: str) -> str:
    """What a row is of, in the language where the house knows the word."""
    value = row.get(name or "")
    if isinstance(value, dict):
        return text_in(language, value)
    if name in ("key", "code") and (texts := next((row[each] for each in TEXTS if each in row), None)):
        return text_in(language, texts)
    if value is None:
        return "–"
    if name == "country" and value in COUNTRIES:
        return text_in(language, COUNTRIES[value].names)
    term = next(iter(terms_of("states", str(value))), None) if name == "status" else None
    return term.titles[language] if term else str(value)
