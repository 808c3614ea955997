"""The numbers of the plan, as the front page and a page of each show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

from services.portal.pages.addresses import tail_of
from services.portal.pages.texts import best, text
from services.portal.reading.reads import PageReads
from shared.kernel.clock import today
from shared.pages.charts.chart import Chart, Row, notes_of, number_text
from shared.pages.charts.rendering import in_page

KEYS = ("countries", "organisations", "experts", "institutions", "centres", "programmes")
"""The numbers in front, by the keys of the API."""
_YEARS = 2
"""Years that a history goes back."""
_PAGES: Mapping[str, str] = {"experts": "experts", "institutions": "institutions", "centres": "centres"}
"""The numbers that a list of the pages shows whole."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its day, what is counted, and where its records and its JSON are. `records` is None where no page
    lists them."""

    key: str
    title: str
    value: int
    as_of: str
    definition: str
    records: str | None
    json: str


async def headlines(reads: PageReads, language: str) -> list[Number]:
    """The numbers in front, in their order."""
    found = await reads.listed("actions", "statistics/headlines", key=",".join(KEYS))
    items = {item["key"]: _number(item, language) for item in found["items"]}
    return [items[key] for key in KEYS]


async def history(reads: PageReads, key: str, language: str) -> tuple[Number, str]:
    """One of the numbers in front, and the chart of its months with their table."""
    begin = today().replace(year=today().year - _YEARS, day=1)
    query = {"key": key, "from": begin.isoformat(), "step": "month"}
    found = await reads.listed("actions", "statistics/headlines", **query)
    number = _number(found["items"][0], language)
    return number, in_page(_chart(number, found["items"][0]["series"], language))


def _chart(number: Number, series: list[Mapping[str, Any]], language: str) -> Chart:
    first, last = series[0], series[-1]
    said = text(
        language,
        "numbers.last",
        number=number_text(last["value"], language),
        day=last["as_of"],
        first=number_text(first["value"], language),
        begin=first["as_of"],
    )
    rows = tuple(Row(one["as_of"][:7], (Decimal(one["value"]),)) for one in series)
    title = text(language, "numbers.history")
    return Chart("lines", language, title, f"{number.title}: {said}", rows, notes=notes_of(language, said, None, None))


def _number(item: Mapping[str, Any], language: str) -> Number:
    key, links = item["key"], item["links"]
    return Number(
        key,
        best(item["titles"], language)[1],
        item["value"],
        item["as_of"],
        text(language, f"numbers.counted.{key}"),
        _records(key, links["query"] or "", language),
        links["query"].partition("&as_of=")[0],
    )


def _records(key: str, query: str, language: str) -> str | None:
    """The page with the counted records, if there is one. `query` is the address of the number."""
    if key in _PAGES:
        return f"/{language}/{_PAGES[key]}"
    if key == "countries":
        return f"/{language}{tail_of('/countries', {'stage': parse_qs(urlsplit(query).query)['stage'][0]})}"
    return None
