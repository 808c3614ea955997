"""Places the marks of each kind of chart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from shared.pages.charts.chart import FROM_THE_RIGHT, Chart, Row, number_text
from shared.pages.charts.drawing import EDGE, Drawing, length, wrapped
from shared.pages.charts.world import circles, world_map

MOST_ROWS = 60
"""Most rows that are drawn; the table beside has all of them."""
MOST_SERIES = 6
"""Most series that differ by colour; further ones share the last."""
_LINE, _SMALL = 24, 20
_BAR = 18


def drawn(chart: Chart, width: int) -> Drawing:
    """The chart for a width in pixels."""
    drawing = Drawing(width, chart.language in FROM_THE_RIGHT)
    for line in wrapped(chart.title, width - 2 * EDGE, 20):
        drawing.height += 26
        drawing.text(EDGE, drawing.height, line, "chart-title")
    drawing.height += 12
    if chart.kind in ("lines", "bars", "dots") and len(chart.series) > 1:
        _legend(chart, drawing)
    if chart.rows:
        is_below = any(value < 0 for row in chart.rows for _, value in _known(row))
        kind = _WITH_NEGATIVES.get(chart.kind, chart.kind) if is_below else chart.kind
        _KINDS[kind](chart, drawing)
    else:
        drawing.height += _LINE
        drawing.text(EDGE, drawing.height, chart.text("chart.empty"))
    drawing.height += 8
    for note in chart.notes:
        for line in wrapped(note, width - 2 * EDGE, 14):
            drawing.height += _SMALL
            drawing.text(EDGE, drawing.height, line, "chart-note")
    drawing.height += EDGE
    return drawing


def _legend(chart: Chart, drawing: Drawing) -> None:
    x = float(EDGE)
    drawing.height += _LINE
    for place, name in enumerate(chart.series):
        size = 26 + length(name, 15) + 20
        if x + size > drawing.width - EDGE and x > EDGE:
            x, drawing.height = EDGE, drawing.height + _LINE
        drawing.rect(x, drawing.height - 12, 14, 14, f"chart-{_colour(place)}")
        drawing.text(x + 22, drawing.height, name)
        x += size
    drawing.height += 12


def _shown(chart: Chart) -> Sequence[Row]:
    return chart.rows[:MOST_ROWS]


def _left_out(chart: Chart, drawing: Drawing) -> None:
    if len(chart.rows) > MOST_ROWS:
        drawing.height += _LINE
        rest = number_text(len(chart.rows) - MOST_ROWS, chart.language)
        drawing.text(EDGE, drawing.height, chart.text("chart.more", number=rest), "chart-note")


def _places(chart: Chart, drawing: Drawing) -> Iterator[tuple[Row, float, float, float]]:
    """Each row with the places where its marks begin and end, and their height: beside the label, or below it."""
    rows = _shown(chart)
    longest = max((length(row.label, 15) for row in rows), default=0)
    beside = longest + 24 < drawing.width * 0.4 and drawing.width >= 480
    begin = EDGE + longest + 16 if beside else EDGE
    room = max((length(number_text(row.total, chart.language), 15) for row in rows), default=0) + 16
    for row in rows:
        for line in [row.label] if beside else wrapped(row.label, drawing.width - 2 * EDGE, 15):
            drawing.height += _LINE if beside else 20
            drawing.text(EDGE, drawing.height, line)
        if not beside:
            drawing.height += _BAR + 4
        yield row, begin, drawing.width - EDGE - room, drawing.height - 14
        drawing.height += 8


def _bars(chart: Chart, drawing: Drawing) -> None:
    sums = [row.total or Decimal(0) for row in _shown(chart)]
    most = max([*sums, chart.target or Decimal(0), Decimal(0)]) or Decimal(1)
    top, scale = drawing.height, 0.0
    begin, ends = float(EDGE), []
    for row, begin, end, y in _places(chart, drawing):
        scale, x = float(Decimal(end - begin) / most), begin
        for place, value in enumerate(row.values):
            size = float(value or 0) * scale
            drawing.rect(x, y, size, _BAR, f"chart-{_colour(place)}")
            x += size
        ends.append((x + 8, y + 14, number_text(row.total, chart.language)))
    if chart.target is not None and scale:
        x = begin + float(chart.target) * scale
        drawing.line(x, top, x, drawing.height, "chart-target")
        drawing.height += _SMALL
        drawing.text(x, drawing.height, _target(chart), "chart-note", "middle" if x < drawing.width * 0.8 else "end")
    for x, y, said in ends:
        drawing.text(x, y, said, "chart-number")
    _left_out(chart, drawing)


def _dots(chart: Chart, drawing: Drawing) -> None:
    least, most = _bounds(chart)
    for row, begin, end, y in _places(chart, drawing):
        drawing.line(begin, y + 9, end, y + 9, "chart-grid")
        at = {place: begin + _share(value, least, most) * (end - begin) for place, value in _known(row)}
        for place, x in at.items():
            drawing.dot(x, y + 9, 7, f"chart-{_colour(place)}")
        if len(row.values) == 1:
            drawing.text(end + 8, y + 14, number_text(row.values[0], chart.language), "chart-number")
    if len(chart.series) > 1:
        drawing.height += _SMALL
        drawing.text(begin, drawing.height, number_text(least, chart.language), "chart-note")
        drawing.text(end, drawing.height, number_text(most, chart.language), "chart-note", "end")
    _left_out(chart, drawing)


def _known(row: Row) -> list[tuple[int, Decimal]]:
    return [(place, value) for place, value in enumerate(row.values) if value is not None]


def _lines(chart: Chart, drawing: Drawing) -> None:
    least, most = _bounds(chart)
    values = [value for row in chart.rows for value in row.values if value is not None]
    step = _step_of(values, least, most)
    ticks = [least + step * place for place in range(int((most - least) / step) + 1)]
    begin = EDGE + max(length(number_text(tick, chart.language), 14) for tick in ticks) + 10
    longest = max(length(row.label, 14) for row in chart.rows)
    end, top, high = drawing.width - EDGE - max(10, longest / 2), drawing.height + 8, min(280, drawing.width * 0.6)

    def y_of(value: Decimal) -> float:
        return top + high * (1 - _share(value, least, most))

    for tick in ticks:
        drawing.line(begin, y_of(tick), end, y_of(tick), "chart-grid")
        drawing.text(begin - 8, y_of(tick) + 5, number_text(tick, chart.language), "chart-tick", "end")
    if chart.target is not None:
        drawing.line(begin, y_of(chart.target), end, y_of(chart.target), "chart-target")
        drawing.text(begin + 6, y_of(chart.target) - 6, _target(chart), "chart-note")
    last = len(chart.rows) - 1
    xs = [begin + (end - begin) * (place / last if last else 0.5) for place in range(len(chart.rows))]
    for place in range(len(chart.series)):
        for part in _unbroken(chart, xs, place):
            points = [(x, y_of(value)) for x, value in part]
            drawing.path(points, f"chart-line chart-{_colour(place)}")
            for x, y in points if len(xs) <= 24 else points[-1:]:
                drawing.dot(x, y, 4, f"chart-{_colour(place)}")
    drawing.height = top + high + _LINE
    room = max(1, int((end - begin) / (longest + 16)))
    every = -(-max(last, 1) // room)
    for place, (x, row) in enumerate(zip(xs, chart.rows, strict=True)):
        if (last - place) % every == 0:
            drawing.text(x, drawing.height, row.label, "chart-tick", "middle")


def _unbroken(chart: Chart, xs: Sequence[float], place: int) -> Iterator[list[tuple[float, Decimal]]]:
    """The parts of a line between missing values."""
    part: list[tuple[float, Decimal]] = []
    for x, row in zip(xs, chart.rows, strict=True):
        if (value := row.values[place]) is not None:
            part.append((x, value))
        elif part:
            yield part
            part = []
    if part:
        yield part


def _number_alone(chart: Chart, drawing: Drawing) -> None:
    drawing.height += 56
    drawing.text(EDGE, drawing.height, number_text(chart.rows[0].values[0], chart.language), "chart-alone")
    drawing.height += 8


def _table(chart: Chart, drawing: Drawing) -> None:
    columns = len(chart.series)
    widths = []
    for place, name in enumerate(chart.series):
        texts = [name, *(number_text(row.values[place], chart.language) for row in _shown(chart))]
        widths.append(max(40, *(length(text, 15) for text in texts)))
    ends = [drawing.width - EDGE - sum(widths[place + 1 :]) - 20 * (columns - 1 - place) for place in range(columns)]
    if columns > 1:
        drawing.height += _LINE
        for end, name in zip(ends, chart.series, strict=True):
            drawing.text(end, drawing.height, name, "chart-head", "end")
        drawing.height += 8
    room = ends[0] - widths[0] - 16 - EDGE
    for row in _shown(chart):
        drawing.line(EDGE, drawing.height, drawing.width - EDGE, drawing.height, "chart-grid")
        for line in wrapped(row.label, room, 15):
            drawing.height += _LINE
            drawing.text(EDGE, drawing.height - 2, line)
        for end, value in zip(ends, row.values, strict=True):
            drawing.text(end, drawing.height - 2, number_text(value, chart.language), "chart-number", "end")
        drawing.height += 6
    _left_out(chart, drawing)


def _map(chart: Chart, drawing: Drawing) -> None:
    """The countries that are on the map, and a table of the other rows."""
    known = world_map().places.keys()
    placed = [row for row in chart.rows if row.place in known]
    others = tuple(row for row in chart.rows if row.place not in known)
    if placed:
        circles(chart, placed, drawing)
        for line in wrapped(chart.text("chart.map"), drawing.width - 2 * EDGE, 14):
            drawing.height += _SMALL
            drawing.text(EDGE, drawing.height, line, "chart-note")
        drawing.height += 12
    if others:
        _table(replace(chart, rows=others), drawing)


_KINDS: Mapping[str, Callable[[Chart, Drawing], None]] = {
    "lines": _lines,
    "bars": _bars,
    "dots": _dots,
    "table": _table,
    "map": _map,
    "number": _number_alone,
}
_WITH_NEGATIVES = {"bars": "dots", "map": "table"}
"""What is drawn instead with a number below zero, which has neither length nor area."""


def _target(chart: Chart) -> str:
    return chart.text("chart.target", number=number_text(chart.target, chart.language))


def _bounds(chart: Chart) -> tuple[Decimal, Decimal]:
    """The least and the most of the axis: whole steps around all values, with zero."""
    values = [value for row in chart.rows for value in row.values if value is not None]
    least, most = min([*values, Decimal(0)]), max([*values, chart.target or Decimal(0), Decimal(0)])
    step = _step_of(values, least, most)
    return (least / step).to_integral(ROUND_FLOOR) * step, (most / step).to_integral(ROUND_CEILING) * step or step


def _step_of(values: Sequence[Decimal], least: Decimal, most: Decimal) -> Decimal:
    """A step of 1, 2 or 5 times a power of ten, so that there are about five; a whole one between whole numbers."""
    span = most - least
    if span <= 0:
        return Decimal(1)
    power = Decimal(10) ** (span / 5).adjusted()
    step = next(power * n for n in (1, 2, 5, 10) if power * n * 5 >= span)
    return max(step, Decimal(1)) if all(value == value.to_integral() for value in values) else step


def _share(value: Decimal, least: Decimal, most: Decimal) -> float:
    return float((value - least) / (most - least))


def _colour(place: int) -> int:
    return min(place, MOST_SERIES - 1) + 1
