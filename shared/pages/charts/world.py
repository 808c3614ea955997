"""The map: the outline of land without borders, and places of countries on it.

`data/map.json` is made by `deploy/map/make.mjs`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from shared.pages.charts.chart import Chart, Row, number_text
from shared.pages.charts.drawing import EDGE, Drawing

_LARGEST, _LEAST = 20, 2
"""Pixels of the radius of the circle of the largest number at most, and of any circle at least."""
_SHARE = 36
"""How many times wider than that radius a drawing is."""


@dataclass(frozen=True, slots=True)
class WorldMap:
    """The size of the map, the radius of its markers, and the path of the outline of land. `places` are by the codes of
    countries: where a marker stands so that none overlap, and where the country is."""

    width: int
    height: int
    radius: int
    outline: str
    places: Mapping[str, tuple[float, float, float, float]]


@cache
def world_map() -> WorldMap:
    """The map as it was made."""
    return WorldMap(**orjson.loads(files("shared.pages").joinpath("data/map.json").read_bytes()))


def circles(chart: Chart, rows: Sequence[Row], drawing: Drawing) -> None:
    """Land, and for each of these rows with a number a circle of that area; below, circles of two numbers."""
    made, top = world_map(), drawing.height
    scale = (drawing.width - 2 * EDGE) / made.width
    radius = min(_LARGEST, drawing.width / _SHARE)
    drawing.area(made.outline, EDGE, top, scale, "chart-land")
    drawing.height += made.height * scale
    counted = sorted(((total, row) for row in rows if (total := row.total)), key=lambda one: (-one[0], one[1].label))
    if not counted:
        return
    most = counted[0][0]
    for total, row in counted:
        _, _, x, y = made.places[row.place]
        size = max(_LEAST, radius * float(total / most) ** 0.5)
        said = f"{row.label}: {number_text(total, chart.language)}"
        drawing.dot(drawing.turned(EDGE + x * scale), top + y * scale, size, "chart-1", said)
    drawing.height += 2 * radius + 12
    x = EDGE + radius
    for number in filter(None, (most, (most / 4).to_integral_value())):
        drawing.dot(x, drawing.height - radius, radius * float(number / most) ** 0.5, "chart-1")
        drawing.text(x + radius + 8, drawing.height - radius + 5, number_text(number, chart.language))
        x += drawing.width / 4
    drawing.height += 8
