"""Figures of a build as images and data."""

import re
from collections.abc import Mapping
from functools import cached_property

import orjson

from services.actions.global_report.figures.answers import Answer
from services.actions.global_report.figures.drawing import chart_of
from services.actions.global_report.figures.record import Figure
from shared.kernel.text import LANGUAGES, direction_of, text_in
from shared.pages.charts.chart import Chart
from shared.pages.charts.rendering import image, in_page

_WIDTH = 720
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_VARIABLE, _USE = re.compile(r"(--\w+):\s*([^;}]+);?"), re.compile(r"var\((--\w+)\)")
_FONT = re.compile(r"font:\s*(?:(\d+) )?(\d+px)/[\d.]+ [^;}]+")
_TEXT = re.compile(r"<text\b[^>]*>")
_VOWELS = re.compile("[\u064b-\u0652\u0670]")
"""Marks above and below Arabic letters. In images typst loses which letters a sign of several marks stands for."""
_OPENED, _CLOSED = re.compile(r"\s*[(\[]\s*(?=[\u0621-\u064a])"), re.compile(r"(?<=[\u0621-\u064a])\s*[)\]]")
"""Brackets beside Arabic letters, which are of another font. In images typst loses the letter beside them."""
_FONTS = "'Noto Sans', 'Noto Sans Arabic', 'Noto Sans SC', 'Noto Sans KR'"


class Drawn:
    """A figure in a language; without frozen data it has no chart."""

    def __init__(self, figure: Figure, content: str | None, language: str) -> None:
        self.figure, self.language = figure, language
        self._content = content
        self._in = language if language in LANGUAGES else "en"

    @cached_property
    def _chart(self) -> Chart | None:
        if self._content is None or self.figure.sha256 is None:
            return None
        answer = Answer(self._content, self.figure.sha256, self.figure.definition, orjson.loads(self._content))
        return chart_of(self.figure, answer, self._in)

    @property
    def title(self) -> str:
        return text_in(self.language, self.figure.titles)

    @property
    def caption(self) -> str:
        return text_in(self.language, self.figure.captions) if self.figure.captions else ""

    @property
    def alternative(self) -> str:
        return text_in(self.language, self.figure.alternatives)

    @cached_property
    def svg(self) -> bytes | None:
        """The chart as an SVG document; None without data."""
        return image(self._chart, _WIDTH) if self._chart else None

    @cached_property
    def printed(self) -> bytes | None:
        """The chart as an SVG document for programs that know neither variables of CSS nor `direction`."""
        return in_print(self.svg, is_rtl=direction_of(self._in) == "rtl") if self.svg else None

    @cached_property
    def page(self) -> str | None:
        """The chart in a page."""
        return in_page(self._chart) if self._chart else None


def drawn_in(figures: Mapping[str, Figure], contents: Mapping[str, str], language: str) -> dict[str, Drawn]:
    """The figures of a build in a language, by their keys."""
    return {key: Drawn(one, contents.get(key), language) for key, one in figures.items()}


def in_print(svg: bytes, *, is_rtl: bool) -> bytes:
    """An image of ours with its colours and fonts said plainly, as on a light page, without marks of vowels, and with a
    comma for brackets in Arabic."""
    text = _CLOSED.sub("", _OPENED.sub("\u060c ", _VOWELS.sub("", svg.decode())))
    found = _STYLE.search(text)
    if found is None:
        return text.encode()
    style = _MEDIA.sub("", found[1])
    variables = {name: value.strip() for name, value in _VARIABLE.findall(style)}
    style = _USE.sub(lambda use: variables[use[1]], _VARIABLE.sub("", style))
    style = _FONT.sub(lambda font: f"font-size: {font[2]}; font-weight: {font[1] or 400}; font-family: {_FONTS}", style)
    text = text[: found.start(1)] + style + text[found.end(1) :]
    return (_TEXT.sub(_turned, text) if is_rtl else text).encode()


def _turned(found: re.Match[str]) -> str:
    """A text whose beginning is on its right."""
    for before, after in (("start", "end"), ("end", "start")):
        if (anchor := f'text-anchor="{before}"') in found[0]:
            return found[0].replace(anchor, f'text-anchor="{after}"')
    return found[0] if "text-anchor" in found[0] else found[0].replace("<text", '<text text-anchor="end"', 1)
