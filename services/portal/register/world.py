"""The map of the countries: the outline of land without borders, and a marker of one size for each country.

Land and places are those of charts. Fictional countries stand in a box below, in the order of their codes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.pages.charts.world import world_map

_LED = 8
"""Units from a marker to its place from which on a line leads there."""
_BOX_LEFT, _BOX_UP, _STEP = 24, 30, 18
_MARGIN, _NARROWEST, _WIDER = 24, 300, 1.5
"""Units around the markers of a part of the map, its least width, and its least width in heights."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A country on the map with its stage; `line` leads to its place if it had to move far. `is_fictional`: it stands
    in the box."""

    code: str
    stage: int
    x: float
    y: float
    line: tuple[float, float] | None = None
    is_fictional: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """The size of the map, the radius of its markers, the path of the outline of land, and its markers. `box` is the
    width of the box of fictional countries; 0 without any. `view` is the part of the map that is shown: left, top,
    width and height."""

    width: int
    height: int
    radius: int
    outline: str
    markers: tuple[Marker, ...]
    box: int
    view: tuple[int, int, int, int]


def world(items: Iterable[Mapping[str, Any]]) -> World:
    """The map with countries of the API: the whole of it if it has all or a fictional one, else the part where they
    are."""
    made = world_map()
    placed = made.places
    stages = {str(item["code"]): int(item["stage"]) for item in items}
    real = [_marker(code, stages[code], *placed[code]) for code in sorted(stages.keys() & placed.keys())]
    fictional = [
        Marker(code, stages[code], _BOX_LEFT + number * _STEP, made.height - _BOX_UP / 2, is_fictional=True)
        for number, code in enumerate(sorted(stages.keys() - placed.keys()))
    ]
    box = _STEP * (len(fictional) + 1) if fictional else 0
    size = made.width, made.height
    view = _around(real, *size) if real and not fictional and len(real) < len(placed) else (0, 0, *size)
    return World(*size, made.radius, made.outline, (*real, *fictional), box, view)


def _around(markers: Sequence[Marker], width: int, height: int) -> tuple[int, int, int, int]:
    """The part of the map with these markers and what is near them, at least half as wide again as high."""
    left, right = min(one.x for one in markers) - _MARGIN, max(one.x for one in markers) + _MARGIN
    top, bottom = min(one.y for one in markers) - _MARGIN, max(one.y for one in markers) + _MARGIN
    wide = min(max(right - left, (bottom - top) * _WIDER, _NARROWEST), width)
    high = min(max(bottom - top, _NARROWEST / _WIDER), height)
    left, top = (left + right - wide) / 2, (top + bottom - high) / 2
    return round(min(max(left, 0), width - wide)), round(min(max(top, 0), height - high)), round(wide), round(high)


def _marker(code: str, stage: int, x: float, y: float, home_x: float, home_y: float) -> Marker:
    is_far = (x - home_x) ** 2 + (y - home_y) ** 2 > _LED**2
    return Marker(code, stage, x, y, (home_x, home_y) if is_far else None)
