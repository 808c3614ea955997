"""No cell of a list for people is a formula, and an import reads the export unchanged."""

import csv
import io
from typing import Any

import pytest

from shared.bulk.formulas import escaped, unescaped
from tests.membership.imports.conftest import EXPORTS, IMPORTS
from tests.support.callers import Caller
from tests.support.imports import Importer, counts
from tests.support.membership import EXPERTS

NAMES = ["=1+1", "'=1+1", "''=1", "+44 20", "-dash", "'plain", "Ann = Ben", "\uff1dcmd"]


@pytest.fixture
async def experts(secretariat: Importer) -> Importer:
    """The register with an expert of every name, entered one by one."""
    for name in NAMES:
        body = {"names": [{"full": name}], "country": "XA", "visibility": "network"}
        assert (await secretariat.caller.post(EXPERTS, body)).status_code == 201
    return secretariat


async def _exported(importer: Importer, **body: Any) -> bytes:
    response = await importer.caller.post(EXPORTS, {"resource": "experts", **body})
    job = await importer.end_of(response.headers["location"])
    return (await importer.caller.get(job["result_url"])).content


def _names(content: bytes, column: str) -> list[str]:
    return [row[column] for row in csv.DictReader(io.StringIO(content.decode()))]


@pytest.mark.parametrize("form", [{}, {"safe": False}, {"safe": True}, {"format": "ndjson"}, {"format": "xlsx"}])
async def test_an_import_reads_an_export_back_unchanged(form: dict[str, Any], experts: Importer) -> None:
    content = await _exported(experts, **form)
    name = f"list.{form.get('format', 'csv')}"
    again = await experts.bring("experts", content, name, media="", mode="dry_run")
    assert again["counts"] == counts(updated=len(NAMES)) or again["counts"] == counts(unchanged=len(NAMES))
    if "format" not in form:
        signs = ("=", "+", "-", "\uff1d")
        assert any(name.startswith(signs) for name in _names(content, "full_name")) != form.get("safe", False)
    await experts.bring("experts", content, name, media="")
    listed = (await experts.caller.get(EXPERTS)).json()["items"]
    assert sorted(record["display_name"] for record in listed) == sorted(NAMES)


async def test_lists_as_csv_are_safe_for_people_and_plain_for_clients(experts: Importer, service: Any) -> None:
    async def listed(caller: Caller, **query: str) -> list[str]:
        response = await caller.get(EXPERTS, params={"format": "csv", "sort": "id", **query})
        assert response.status_code == 200, response.text
        return _names(response.content, "display_name")

    safe = [escaped(name, safe=True) for name in NAMES]
    person, client = Caller(service, "admin"), experts.caller
    assert await listed(person) == await listed(client, safe="true") == safe
    assert await listed(client) == await listed(person, safe="false") == NAMES
    for query in ({"format": "ndjson", "safe": "true"}, {"safe": "true"}, {"format": "csv", "safe": "1"}):
        response = await experts.caller.get(EXPERTS, params=query)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")


@pytest.mark.parametrize("media", ["csv", "ndjson"])
async def test_failures_are_safe_and_can_be_sent_again(media: str, secretariat: Importer, service: Any) -> None:
    cells = [*NAMES, "'=1+1"]
    if media == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([["full_name", "country", "=HYPERLINK()"], *([cell, "QQ", ""] for cell in cells)])
        content = text.getvalue().encode()
    else:
        content = "\n".join(f'{{"full_name": "{cell}", "country": "QQ"}}' for cell in cells).encode()
    brought = await secretariat.bring("experts", content, f"list.{media}", media="")
    assert brought["counts"] == counts(failed=len(cells))
    meant = [unescaped(cell) for cell in cells] if media == "csv" else cells
    person = Caller(service, "admin")
    for caller, query in ((person, ""), (secretariat.caller, "?safe=true"), (secretariat.caller, "")):
        failures = (await caller.get(brought["failures_url"] + query)).content
        names = _names(failures, "full_name")
        if query or caller is person:
            assert names == [escaped(cell, safe=True) for cell in meant]
            assert not failures.startswith(b"full_name,country,=")
        assert [unescaped(name) for name in names] == meant
    again = await secretariat.bring("experts", failures)
    assert again["counts"] == counts(failed=len(cells))
    wrong = await secretariat.caller.get(f"{IMPORTS}/{brought['import_id']}/failures", params={"safe": "perhaps"})
    assert wrong.status_code == 400
