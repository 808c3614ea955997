"""A statistician opens lists and figures in Excel: the queries of the guide, sent as Power Query sends them, with a key
that an official of the country made."""

import csv
import io
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from python_calamine import CalamineWorkbook

from tests.journeys.paths.world import V1, World
from tests.support.documents import text_of

_HOST = "https://escm.example"
_QUERIES = re.findall(r"^```powerquery\n(.*?)^```$", text_of("excel.md"), re.MULTILINE | re.DOTALL)
_PATH = re.compile(r'RelativePath = "([^"]+)"')
_QUERY = re.compile(r"Query = \[([^\]]*)\]")
_PAIR = re.compile(r'(\w+) = "([^"]*)"')
_TYPED = re.compile(r'\{"(\w+)", (Int64\.Type|type \w+)\}')
_OPENED = re.compile(r'\{"(\w+)", each Json\.Document\(_\)\{0\}\[(\w+)\]')
_TYPES: Mapping[str, Callable[[str], Any]] = {
    "Int64.Type": int,
    "type number": Decimal,
    "type date": date.fromisoformat,
    "type datetimezone": datetime.fromisoformat,
}


class Excel:
    """Power Query, as far as the guide uses it: GET, Basic, CSV in UTF-8 with headings, types of columns."""

    def __init__(self, base_url: str, key: str = "") -> None:
        basic = f"Basic {b64encode(f'key:{key}'.encode()).decode()}"
        headers = {"Authorization": basic} if key else {}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=60, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str) -> httpx.Response:
        return self._http.get(path)

    def rows(self, text: str) -> list[dict[str, Any]]:
        """The table of a query. AssertionError if a part of it is unknown, or a column is missing."""
        assert f'Web.Contents("{_HOST}"' in text
        assert "Encoding = 65001" in text
        path, query = _PATH.findall(text), _QUERY.findall(text)
        address = f"/{path[0]}?{urlencode(_PAIR.findall(query[0]))}" if query else f"/{path[0]}"
        response = self.get(address)
        assert response.status_code == 200, response.text
        head, *lines = csv.reader(io.StringIO(response.content.decode("utf-8")))
        types = {name: _TYPES[kind] for name, kind in _TYPED.findall(text)}
        opened = dict(_OPENED.findall(text))
        assert {*types, *opened} <= set(head), head
        rows = [dict(zip(head, line, strict=True)) for line in lines]
        for row in rows:
            row.update({name: read(row[name]) if row[name] else None for name, read in types.items()})
            row.update({name: orjson.loads(row[name])[0][member] for name, member in opened.items()})
        return rows


@pytest.fixture
def key(world: World) -> str:
    """The key that a national author of XA makes for reading."""
    body = {"name": "Excel", "resources": ["actions.*", "membership.*"], "verbs": ["read"]}
    return str(world.caller("national_author", "XA").create(f"{V1['access']}/api_keys", body)["secret"])


@pytest.fixture
def excel(running: dict[str, Any], key: str) -> Iterator[Excel]:
    found = Excel(running["base_url"], key)
    yield found
    found.close()


@pytest.fixture
def without_key(running: dict[str, Any]) -> Iterator[Excel]:
    found = Excel(running["base_url"])
    yield found
    found.close()


def _counted(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(str(row["as_of"]), row["country"], row["status"], row["count"]) for row in rows}


def _numbers(days: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(day["as_of"], one["country"], one["status"], one["count"]) for day in days for one in day["items"]}


def test_the_guide_has_three_queries() -> None:
    assert len(_QUERIES) == 3


def test_the_results_of_the_country_are_those_of_its_author(world: World, excel: Excel) -> None:
    found = excel.rows(_QUERIES[0])
    author = world.caller("national_author", "XA")
    asked = author.get(f"{V1['actions']}/results", country="XA", kind="actual", limit=200)
    assert [(row["ref"], row["version"]) for row in found][:200] == [
        (one["ref"], one["version"]) for one in asked["items"]
    ]


def test_the_institutions_add_up_today_and_on_each_day_of_a_series(world: World, excel: Excel) -> None:
    asked = {"of": "institutions", "by": "country,status"}
    author = world.caller("national_author", "XA")
    days = [author.get(f"{V1['membership']}/statistics", **asked)]
    assert _counted(excel.rows(_QUERIES[1])) == _numbers(days)
    assert days[0]["total"] > 0
    monthly = _QUERIES[1].replace('format = "csv"', 'from = "2026-01-01", step = "month", format = "csv"')
    series = author.get(f"{V1['membership']}/statistics", **asked, **{"from": "2026-01-01", "step": "month"})["series"]
    assert _counted(excel.rows(monthly)) == _numbers(series)


def test_the_open_data_need_no_key(without_key: Excel) -> None:
    found = without_key.rows(_QUERIES[2])
    assert found
    assert all(row["names"] and row["updated_at"].tzinfo for row in found)


def test_a_workbook_is_fetched_by_a_link(world: World, excel: Excel, without_key: Excel) -> None:
    author = world.caller("national_author", "XA")
    address = f"{V1['membership']}/institutions?country=XA&format=xlsx&fields=ref,version"
    url = author.create(f"{V1['membership']}/links", {"path": address})["url"]
    by_link, by_key = without_key.get(url), excel.get(address)
    assert (by_link.status_code, by_key.status_code) == (200, 200)
    rows = [
        CalamineWorkbook.from_filelike(io.BytesIO(one.content)).get_sheet_by_index(0).to_python()
        for one in (by_link, by_key)
    ]
    assert rows[0] == rows[1]
    assert rows[0][0] == ["id", "ref", "version"]


def test_a_key_in_the_address_is_refused(without_key: Excel, key: str) -> None:
    refused = without_key.get(f"{V1['actions']}/results?format=csv&key={key}")
    assert (refused.status_code, refused.json()["code"]) == (400, "key_in_address")
    assert key not in refused.text


def test_the_key_of_one_country_shows_nothing_of_another(world: World, excel: Excel) -> None:
    of_others = excel.get(f"{V1['actions']}/programmes?country=XB&format=csv").text
    assert of_others == world.everybody.get(f"{V1['actions']}/programmes?country=XB&format=csv&safe=false").text
