"""Charts as SVG documents, and in pages."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.pages.charts.chart import Chart, number_text
from shared.pages.charts.layout import drawn

_TEMPLATES = Environment(
    loader=PackageLoader("shared.pages", "static"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def image(chart: Chart, width: int) -> bytes:
    """The chart as an SVG document, with its style."""
    style = files("shared.pages").joinpath("static/charts.css").read_text(encoding="utf-8")
    return _TEMPLATES.get_template("chart.svg").render(chart=chart, style=style, width=width, draw=drawn).encode()


def in_page(chart: Chart) -> str:
    """The chart in a page: for wide and narrow screens, with a table of all values."""
    return _TEMPLATES.get_template("chart.html").render(chart=chart, draw=drawn, said=number_text)
