"""Indicators of one framework with an open period, and the files about them."""

import csv
import io
from typing import Any

from python_calamine import CalamineWorkbook

from tests.support.callers import Caller
from tests.support.imports import Importer
from tests.support.results import INDICATORS, RESULTS, TARGETS, active_indicator, parts

SEX = {"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m"), "required": False, "exhaustive": False}
AGE = {"key": "age", "titles": {"en": "Age"}, "codes": parts("young", "old"), "required": False, "exhaustive": False}


class Framework:
    """Indicators and an open period of one framework."""

    def __init__(self, admin: Caller, period: dict[str, Any]) -> None:
        self.admin = admin
        self.period = period

    async def indicator(self, **more: Any) -> str:
        """The code of a new indicator with two dimensions."""
        more = {"framework": self.period["framework"], "disaggregations": [SEX, AGE], **more}
        found = await self.admin.get(f"{INDICATORS}/{await active_indicator(self.admin, **more)}")
        return str(found.json()["code"])

    async def template(self, by: Importer, country: str = "XA", media: str = "csv") -> bytes:
        """The template of the period."""
        path = f"{RESULTS}/template?country={country}&period={self.period['id']}&format={media}"
        response = await by.caller.get(path)
        assert response.status_code == 200, response.text
        return response.content


async def results_of(by: Importer, code: str) -> list[dict[str, Any]]:
    """The results of an indicator, the oldest first, as items."""
    found = (await by.caller.get(f"{RESULTS}?indicator={code}&sort=created_at")).json()["items"]
    return [(await by.caller.get(one["links"]["self"])).json() for one in found]


async def targets_of(by: Importer, indicator_id: str) -> list[dict[str, Any]]:
    """The targets of an indicator."""
    found: list[dict[str, Any]] = (await by.caller.get(f"{TARGETS}?indicator_id={indicator_id}")).json()["items"]
    return found


def rows_in(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def csv_with(rows: list[dict[str, str]]) -> bytes:
    """A CSV of these rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def cells_in(content: bytes) -> list[list[Any]]:
    """The cells of the one sheet of a workbook."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    (name,) = workbook.sheet_names
    return workbook.get_sheet_by_name(name).to_python()
