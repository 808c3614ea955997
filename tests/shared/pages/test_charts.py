"""Charts are drawn for each width and direction, readable in both colour schemes, with their values beside."""

import re
from decimal import Decimal
from importlib.resources import files
from typing import get_args
from xml.etree import ElementTree as ET

import pytest

from shared.kernel.text import LANGUAGES
from shared.pages.charts.chart import NARROWEST, WIDEST, Chart, Kind, Row, number_text
from shared.pages.charts.layout import MOST_ROWS, drawn
from shared.pages.charts.rendering import image, in_page

_NAMES = ("Africa", "Asia", "The United Kingdom of Great Britain and Northern Ireland")
_EVIL = "</text><script>alert(1)</script>"


def _chart(kind: Kind = "bars", *values: tuple[int | None, ...], language: str = "en", **more: object) -> Chart:
    given = values or ((40,), (120,), (None,))
    rows = tuple(
        Row(name, tuple(None if n is None else Decimal(n) for n in row))
        for name, row in zip(_NAMES, given, strict=False)
    )
    series = tuple(f"Series {n}" for n in range(len(given[0]))) if len(given[0]) > 1 else ("",)
    return Chart(kind, language, "Experts", "Most are in Asia.", rows, series, **more)  # type: ignore[arg-type]


def _svg(chart: Chart, width: int = 720) -> ET.Element:
    return ET.fromstring(image(chart, width))


def _marks(svg: ET.Element, name: str) -> list[ET.Element]:
    return list(svg.iter(f"{{http://www.w3.org/2000/svg}}{name}"))


def _bars(chart: Chart, width: int = 720) -> list[tuple[float, float]]:
    bars = [one for one in _marks(_svg(chart, width), "rect") if (one.get("class") or "").startswith("chart-1")]
    return [(float(one.get("x", "")), float(one.get("width", ""))) for one in bars]


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("language", ["en", "ar", "zh"])
def test_each_kind_is_drawn_within_its_width(kind: Kind, language: str) -> None:
    for values in ((), ((1,), (2,), (3,)), ((1, -2), (None, 5), (7, 0)), ((0,),)):
        for width in (NARROWEST, 720, WIDEST):
            chart = _chart(kind, *values, language=language, target=Decimal(6), notes=("Source: Register",))
            svg = _svg(chart, width)
            assert (svg.get("width"), svg.get("direction")) == (str(width), "rtl" if language == "ar" else "ltr")
            for one in svg.iter():
                places = [one.get(name) for name in ("x", "x1", "x2", "cx")]
                places += [point.split(",")[0] for point in (one.get("points") or "").split()]
                assert all(0 <= float(place) <= width for place in places if place), ET.tostring(one)


def test_bars_are_as_long_as_their_numbers_say() -> None:
    (first, second, nothing) = _bars(_chart())
    assert second[1] == pytest.approx(3 * first[1], abs=0.2)
    assert (nothing[1], first[0]) == (0, second[0])


def test_languages_from_the_right_mirror_the_layout_and_not_the_numbers() -> None:
    plain, mirrored = _chart(), _chart(language="ar")
    for (x, size), (other, same) in zip(_bars(plain, NARROWEST), _bars(mirrored, NARROWEST), strict=True):
        assert other == pytest.approx(NARROWEST - x - size, abs=0.2)
        assert same == pytest.approx(size, abs=0.2)
    assert "120" in "".join(ET.tostring(_svg(mirrored), encoding="unicode"))


def test_a_line_breaks_where_a_value_is_missing() -> None:
    chart = _chart("lines", (1,), (None,), (3,))
    assert len(_marks(_svg(chart), "polyline")) == 2
    assert any(
        "chart-target" in (one.get("class") or "") for one in _marks(_svg(_chart("lines", target=Decimal(9))), "line")
    )


def test_texts_stay_texts() -> None:
    chart = Chart("bars", "en", _EVIL, _EVIL, (Row(_EVIL, (Decimal(1),)),), (_EVIL, _EVIL), notes=(_EVIL,))
    assert b"<script" not in image(chart, 720)
    assert "<script" not in in_page(chart)
    ET.fromstring(image(chart, 720))


def test_a_page_has_every_value_beside_the_drawing() -> None:
    rows = tuple(Row(f"Country {n}", (Decimal(n),)) for n in range(MOST_ROWS + 5))
    page = in_page(Chart("bars", "en", "Experts", "Most are in Asia.", rows))
    assert page.count('role="img"') == 2
    assert all(f'<th scope="row">Country {n}</th><td>{n}</td>' in page for n in range(MOST_ROWS + 5))
    assert "5 more in the data" in page


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "−1,234.5"), ("fr", "−1\u202f234,5"), ("es", "−1\u00a0234,5"), ("ru", "−1\u00a0234,5"), ("zh", "−1,234.5")],
)
def test_numbers_are_written_as_the_language_does(language: str, shown: str) -> None:
    assert number_text(Decimal("-1234.50"), language) == shown
    assert number_text(None, language) == "–"
    assert all("7" in number_text(7, each) for each in LANGUAGES)


def _luminance(colour: str) -> float:
    whole = colour if len(colour) == 6 else "".join(sign * 2 for sign in colour)
    parts = [int(whole[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_texts_and_marks_stand_out_in_light_and_dark() -> None:
    style = files("shared.pages").joinpath("static/charts.css").read_text()
    schemes = [
        dict(re.findall(r"--(\w+): #([0-9a-f]{3,6})", part))
        for part in re.findall(r"\.chart \{[^}]*--ink[^}]*\}", style)
    ]
    assert len(schemes) == 2
    for scheme in schemes:
        paper = _luminance(scheme["paper"])
        for name in ("ink", "muted", *(f"c{n}" for n in range(1, 7))):
            lighter, darker = sorted((paper, _luminance(scheme[name])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 6, name
        lighter, darker = sorted((_luminance(scheme["land"]), _luminance(scheme["c1"])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, "a circle on land"


_PLACES = (("Kenya", "KE", 40), ("Fiji", "FJ", 10), ("Alphaland", "XA", 7), ("Peru", "PE", None))


def _map(language: str = "en", places: tuple[tuple[str, str, int | None], ...] = _PLACES) -> Chart:
    rows = tuple(Row(name, (None if n is None else Decimal(n),), code) for name, code, n in places)
    return Chart("map", language, "Experts", "Most are in Kenya.", rows)


def _circles(svg: ET.Element) -> dict[str, tuple[float, float, float]]:
    """Place and radius of the circles of a map by their titles."""
    return {
        "".join(one.itertext()): (float(one.get("cx", "")), float(one.get("cy", "")), float(one.get("r", "")))
        for one in _marks(svg, "circle")
        if len(one)
    }


@pytest.mark.parametrize("width", [NARROWEST, 720, WIDEST])
def test_a_map_has_a_circle_for_each_country_with_a_number(width: int) -> None:
    svg = _svg(_map(), width)
    assert [one.get("class") for one in _marks(svg, "path")] == ["chart-land"]
    found = _circles(svg)
    assert [*found] == ["Kenya: 40", "Fiji: 10"], "the largest below the others"
    (x, y, large), (other, south, small) = found.values()
    assert large == pytest.approx(2 * small, abs=0.2), "the area is the number"
    assert (x < other, y < south) == (True, True)
    texts = ["".join(one.itertext()) for one in _marks(svg, "text")]
    assert ("Alphaland" in texts, "7" in texts) == (True, True), "what is on no map stands in a table below"
    assert "Peru" not in texts


def test_no_language_mirrors_a_map() -> None:
    english, arabic = (_circles(_svg(_map(language))) for language in ("en", "ar"))
    assert [*english.values()] == [*arabic.values()]
    transforms = {_marks(_svg(_map(language)), "path")[0].get("transform") for language in LANGUAGES}
    assert len(transforms) == 1


def test_a_map_without_countries_or_with_a_number_below_zero_is_a_table() -> None:
    for chart in (_chart("map"), _map(places=(("Kenya", "KE", -1), ("Fiji", "FJ", 2)))):
        svg = _svg(chart)
        assert (_marks(svg, "path"), _marks(svg, "circle")) == ([], [])
        assert chart.rows[0].label in "".join(svg.itertext())


def test_a_map_where_nothing_was_counted_has_no_circles() -> None:
    assert _marks(_svg(_map(places=(("Kenya", "KE", 0), ("Fiji", "FJ", None)))), "circle") == []


def test_heights_follow_what_is_drawn() -> None:
    assert drawn(_chart("number"), 720).height < drawn(_chart("bars"), 720).height < drawn(_chart("bars"), 320).height
