"""How far a country has come by one of its indicators: a line of what was reached, with its target."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from services.portal.pages.texts import best, text, unit_of
from shared.pages.charts.chart import Chart, Row, notes_of, number_text
from shared.pages.charts.rendering import in_page

_FEWEST = 2
"""Numbers that make a line."""


def progress(indicators: Sequence[Mapping[str, Any]], language: str) -> str | None:
    """The chart of the first indicator with numbers of several years and a target, those of the whole country before
    those of actions; None without one."""
    ordered = sorted(indicators, key=lambda one: one["action_id"] is not None)
    charts = (_chart(one, language) for one in ordered)
    return next((in_page(chart) for chart in charts if chart), None)


def _chart(indicator: Mapping[str, Any], language: str) -> Chart | None:
    baseline, periods = indicator["baseline"], indicator["periods"]
    reached = [(one["code"], _number(one["actual"])) for one in periods]
    begin = [(str(baseline["year"]), _number(baseline))] if baseline and baseline["year"] else []
    rows = tuple(Row(label, (value,)) for label, value in (*begin, *reached) if value is not None)
    target = next((value for one in reversed(periods) if (value := _number(one["target"])) is not None), None)
    if len(rows) < _FEWEST or target is None:
        return None
    title, last = best(indicator["titles"], language)[1], rows[-1]
    said = text(
        language,
        "numbers.reached",
        number=_measured(last.values[0], indicator, language),
        period=last.label,
        target=_measured(target, indicator, language),
    )
    return Chart(
        "lines", language, title, f"{title}: {said}", rows, target=target, notes=notes_of(language, said, None, None)
    )


def _number(value: Mapping[str, Any] | None) -> Decimal | None:
    return Decimal(value["value"]) if value and value["value"] is not None else None


def _measured(value: Decimal | None, indicator: Mapping[str, Any], language: str) -> str:
    """A number with its unit."""
    return f"{number_text(value, language)} {unit_of(indicator)}".strip()
