"""The marks of a chart, and how wide texts are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

EDGE = 16
"""Pixels around a chart."""
_ISOLATES = "\u2066\u2068\u2069"


@dataclass(frozen=True, slots=True)
class Shape:
    """A mark: its element, its classes, its attributes, its text if it has one, and its title for who points at it."""

    element: str
    classes: str
    attributes: dict[str, str]
    text: str = ""
    title: str = ""


@dataclass
class Drawing:
    """The marks of a chart, mirrored for languages that are read from the right."""

    width: int
    mirrors: bool
    height: float = EDGE
    shapes: list[Shape] = field(default_factory=list)

    def text(self, x: float, y: float, said: str, classes: str = "", anchor: str = "start") -> None:
        """A text, isolated where others are read from the right, so that days and numbers keep their order."""
        at = {"x": _number(self._x(x)), "y": _number(y), "text-anchor": anchor}
        self.shapes.append(Shape("text", classes, at, f"\u2068{said}\u2069" if self.mirrors else said))

    def rect(self, x: float, y: float, width: float, height: float, classes: str) -> None:
        begin = self._x(x + width) if self.mirrors else x
        sizes = {"x": begin, "y": y, "width": max(width, 0), "height": height}
        self.shapes.append(Shape("rect", classes, {name: _number(value) for name, value in sizes.items()}))

    def line(self, x1: float, y1: float, x2: float, y2: float, classes: str) -> None:
        places = {"x1": self._x(x1), "y1": y1, "x2": self._x(x2), "y2": y2}
        self.shapes.append(Shape("line", classes, {name: _number(value) for name, value in places.items()}))

    def dot(self, x: float, y: float, radius: float, classes: str, title: str = "") -> None:
        places = {"cx": self._x(x), "cy": y, "r": radius}
        at = {name: _number(value) for name, value in places.items()}
        self.shapes.append(Shape("circle", classes, at, title=title))

    def area(self, outline: str, x: float, y: float, scale: float, classes: str) -> None:
        """What a path encloses, which no language mirrors."""
        transform = f"translate({_number(x)} {_number(y)}) scale({scale:.4f})"
        self.shapes.append(Shape("path", classes, {"d": outline, "transform": transform}))

    def turned(self, x: float) -> float:
        """Where a mark is put that no language mirrors, such as one on a map."""
        return self._x(x)

    def path(self, points: Sequence[tuple[float, float]], classes: str) -> None:
        steps = " ".join(f"{_number(self._x(x))},{_number(y)}" for x, y in points)
        self.shapes.append(Shape("polyline", classes, {"points": steps}))

    def _x(self, x: float) -> float:
        return self.width - x if self.mirrors else x


def length(text: str, size: int) -> float:
    """About how wide a text is: no font is measured."""
    return sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in text if sign not in _ISOLATES) * size


def wrapped(text: str, width: float, size: int) -> Iterator[str]:
    """The lines of a text. A script without spaces breaks anywhere."""
    words = text.split(" ") if " " in text else [text]
    line = ""
    for word in words:
        if line and length(f"{line} {word}", size) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
        while length(line, size) > width and len(line) > 8:
            fitting = next(n for n in range(len(line), 0, -1) if n <= 8 or length(line[:n], size) <= width)
            yield line[:fitting]
            line = line[fitting:]
    if line:
        yield line


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
