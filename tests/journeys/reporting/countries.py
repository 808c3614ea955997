"""Three countries report over the API, by a spreadsheet and by hand, and everybody reads what it amounts to."""

import asyncio
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.journeys.paths.actions import PATHS
from tests.journeys.paths.centres import committee
from tests.journeys.paths.path import PathRun, day
from tests.journeys.paths.world import V1, World
from tests.journeys.reporting.truth import AREA, COUNTRIES, FIRST, FOREST, SECOND, SHARE, WETLAND, Reported
from tests.support.running import Client

_V1 = V1["actions"]
_AUTHOR, _PUBLISHER, _OFFICER = "national_author", "national_publisher", "secretariat_officer"
_FOCAL_POINT = "government_focal_point"
_Record = dict[str, Any]
_COVER = {
    "key": "cover",
    "titles": {"en": "Cover"},
    "codes": [{"code": code, "titles": {"en": code}} for code in (FOREST, WETLAND)],
    "required": True,
    "exhaustive": True,
}
_INDICATORS = (
    {
        "code": AREA,
        "titles": {"en": "Restored land"},
        "measure": "unit",
        "unit": {"code": "ha", "label": "hectares"},
        "across": "sum",
        "over_time": "sum",
        "disaggregations": [_COVER],
        "codes": [{"scheme": "sdg", "code": "15.3"}, {"scheme": "gbf", "code": "2"}],
    },
    {
        "code": SHARE,
        "titles": {"en": "Wetlands under protection"},
        "measure": "percentage",
        "across": "weighted_mean",
        "over_time": "latest",
        "codes": [{"scheme": "sdg", "code": "6.6"}, {"scheme": "sdg", "code": "15.1"}],
    },
)
_EARLIER = """
UPDATE action_result SET published_at = published_at - interval '1 day', ended_at = ended_at - interval '1 day'
"""


class Reporting:
    """A framework with two indicators and two periods, under which each country has a programme."""

    def __init__(self, running: dict[str, Any], world: World) -> None:
        self.world, self.office = world, world.caller("admin")
        self._database: str = running["database_url"]
        self.framework, _ = world.framework()
        self._machine = world.machine("XA", _AUTHOR)
        self._periods = {code: self._period(code) for code in (FIRST, SECOND)}
        self._indicators = {str(one["code"]): self._indicator(one) for one in _INDICATORS}
        for country in COUNTRIES:
            self._programme(country)

    def reports_by_machine(self, some: list[Reported]) -> None:
        """The client of a country enters results, and its officials publish them."""
        for one in some:
            self._publish(one.country, self._machine.create(f"{_V1}/results", self._body(one))["links"]["self"])

    def reports_by_hand(self, some: list[Reported]) -> None:
        """An official of a country enters results."""
        for one in some:
            made = self._author(one.country).create(f"{_V1}/results", self._body(one))
            self._publish(one.country, made["links"]["self"])

    def reports_by_spreadsheet(self, country: str, period: str, some: list[Reported], folder: Path) -> None:
        """An official fills the template and imports it; once more, it changes nothing."""
        author, cells = self._author(country), _cells(some)
        file = folder / f"{country}-{period}.xlsx"
        asked = f"{_V1}/results/template?country={country}&period={self._periods[period]}&format=xlsx"
        template = author.send("GET", asked)
        assert template.status_code == 200, template.text
        rows = CalamineWorkbook.from_filelike(io.BytesIO(template.content)).get_sheet_by_index(0).to_python()
        assert len(rows) == 5, rows
        _write(file, rows[0], [_filled(rows[0], row, cells) for row in rows[1:]])
        counts = [author.upload(f"{_V1}/imports", file, resource="results")["result"]["counts"] for _ in range(2)]
        assert [sum(one.values()) for one in counts] == [len(rows) - 1] * 2, counts
        assert [one["failed"] for one in counts] == [0, 0], counts
        assert (counts[0]["created"] > 0, counts[1]["created"]) == (True, 0), counts
        drafts = author.get(f"{_V1}/results?country={country}&period={period}&status=draft")["items"]
        assert len(drafts) == len(some)
        for draft in drafts:
            self._publish(country, draft["links"]["self"])

    def revises(self, one: Reported) -> None:
        """The country's client replaces a published value."""
        indicator = self._indicators[one.indicator]
        path = f"{_V1}/results?country={one.country}&period={one.period}&indicator_id={indicator}&status=published"
        (before,) = self.office.get(path)["items"]
        body = {name: value for name, value in self._body(one).items() if name in ("value", "breakdown")}
        made = self._machine.create(f"{before['links']['self']}/revisions", {"reason": "Counted anew", **body})
        self._publish(one.country, made["links"]["self"])

    def closes(self, period: str) -> None:
        """The last day of a period was yesterday."""
        path = f"{_V1}/periods/{self._periods[period]}"
        closed = self.office.change(path, {"due_on": day(-2), "closes_on": day(-1)})
        assert closed["status"] == "closed"

    def refuses(self, one: Reported) -> str:
        """The code of the refusal of a result."""
        response = self._author(one.country).send("POST", f"{_V1}/results", json=self._body(one))
        assert response.status_code == 409, response.text
        return str(response.json()["code"])

    def extends(self, country: str, period: str) -> None:
        """The officer gives a country more time."""
        path = f"{_V1}/periods/{self._periods[period]}/extensions"
        made = self._official(_OFFICER, country).send(
            "POST", path, json={"country": country, "until": day(3), "reason": "Floods"}
        )
        assert made.status_code == 201, made.text

    def value(self, indicator: str, as_of: int = 0, **more: str) -> Decimal | None:
        """The value of all countries and periods, or of some, at the end of a day; None if nothing is published."""
        items = self.values(indicator, as_of, **more)
        assert len(items) <= 1, items
        return next((Decimal(one["value"]) for one in items if one["value"] is not None), None)

    def values(self, indicator: str, as_of: int = 0, **more: str) -> list[_Record]:
        """The values by the given keys."""
        asked = {"indicator": self._indicators[indicator], **more, **({"as_of": day(as_of)} if as_of else {})}
        found: list[_Record] = self.office.get(f"{_V1}/statistics/values", **asked)["items"]
        return found

    def coverage(self, scheme: str) -> dict[str, int]:
        """How many results are published for each code of a scheme that has any."""
        items = self._all(f"{_V1}/schemes/{scheme}/coverage?country={','.join(COUNTRIES)}")
        return {one["code"]: one["results"] for one in items if one["results"]}

    def reporting(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """How many results are expected, reported, missing and in time, by country and period."""
        asked = {"of": "reporting", "by": "country,period", "country": ",".join(COUNTRIES)}
        items = self.office.get(f"{_V1}/statistics", **asked)["items"]
        names = ("expected", "reported", "missing", "on_time")
        return {(one["country"], one["period"]): tuple(one[name] for name in names) for one in items}

    def day_passes(self) -> None:
        """What was published today was published yesterday. The database has a clock of its own, which no test sets."""
        asyncio.run(self._makes_earlier())

    async def _makes_earlier(self) -> None:
        connection = await asyncpg.connect(self._database, server_settings={"search_path": "escm"})
        try:
            await connection.execute(_EARLIER)
        finally:
            await connection.close()

    def _publish(self, country: str, path: str) -> None:
        """Each step by another official; the approval acknowledges what the result is warned of."""
        official, why = self._official, _Record()
        official(_AUTHOR, country).step(path, "submit")
        if warnings := [one["rule"] for one in official(_FOCAL_POINT, country).get(path)["validation"]]:
            why = {"fields": {"acknowledge": warnings}, "reason": "Counted twice"}
        official(_FOCAL_POINT, country).step(path, "approve", **why)
        official(_OFFICER, country).step(path, "accept")
        official(_PUBLISHER, country).step(path, "publish")

    def _author(self, country: str) -> Client:
        return self._official(_AUTHOR, country)

    def _official(self, role: str, country: str) -> Client:
        return self.world.caller(role, country)

    def _body(self, one: Reported) -> _Record:
        values = {name: getattr(one, name) for name in ("value", "numerator", "denominator", "missing")}
        parts = [
            {"dimensions": {"cover": cover}, "value": value}
            for cover, value in zip((FOREST, WETLAND), one.parts, strict=False)
        ]
        ids = {"indicator_id": self._indicators[one.indicator], "period_id": self._periods[one.period]}
        given = {name: value for name, value in values.items() if value}
        return {**ids, "country": one.country, "method": "measured", **given, "breakdown": parts}

    def _period(self, code: str) -> str:
        time = {"code": code, "starts": f"{code}-01-01", "ends": f"{code}-12-31"}
        days = {"opens_on": day(-90), "due_on": day(30), "closes_on": day(60)}
        made = self.office.create(f"{_V1}/periods", {"framework": self.framework, **time, **days})
        assert made["status"] == "open"
        return str(made["id"])

    def _indicator(self, one: _Record) -> str:
        made = self.office.create(f"{_V1}/indicators", {"framework": self.framework, "level": "outcome", **one})
        self.office.step(made["links"]["self"], "publish")
        return str(made["id"])

    def _programme(self, country: str) -> None:
        """A programme that is launched, so that the country is expected to report."""
        committee(PathRun(self.world, replace(PATHS[0], country=country)))
        body = {"country": country, "framework": self.framework}
        made = self._author(country).create(f"{_V1}/programmes", body)
        self._author(country).step(made["links"]["self"], "launch")

    def _all(self, path: str | None) -> Iterator[_Record]:
        path = f"{path}&limit=200"
        while path:
            page = self.office.get(path)
            yield from page["items"]
            path = page["next"]


def _cells(some: list[Reported]) -> dict[tuple[str, str], dict[str, str]]:
    """What is typed into the rows of a template, by indicator and cover."""
    found = {}
    for one in some:
        names = ("value", "numerator", "denominator", "missing")
        found[one.indicator, ""] = {name: getattr(one, name) for name in names}
        for cover, value in zip((FOREST, WETLAND), one.parts, strict=False):
            found[one.indicator, cover] = {"value": value}
    return found


def _filled(headings: list[Any], row: list[Any], cells: dict[tuple[str, str], dict[str, str]]) -> list[Any]:
    """A row of the template with what is typed into it."""
    by_name = dict(zip(headings, row, strict=True))
    typed = cells.get((by_name["indicator"], by_name["dim_cover"]), {})
    method = {"method": "survey"} if typed else {}
    return [*{**by_name, **typed, **method}.values()]


def _write(file: Path, headings: list[Any], rows: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([headings, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, str(cell))
