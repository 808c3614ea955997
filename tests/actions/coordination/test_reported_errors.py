"""Readers report errors in public records without an account; the office of the country works on them as tasks."""

from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from shared.kernel.clock import now, today
from shared.kernel.text import LANGUAGES
from tests.actions.neighbours import enter
from tests.actions.programme import steps
from tests.support.callers import Caller
from tests.support.inside import from_address
from tests.support.tasks import TASKS

Callers = Callable[[str | None], Caller]
PATH = f"{TASKS}/reported_errors"
SAID = {"text": "She left this university in 2025.", "language": "en"}
_NETWORKS = count(1)


@pytest.fixture
def reader(actions: httpx.AsyncClient) -> Caller:
    """Somebody in a network of their own, without a token."""
    number = next(_NETWORKS)
    return Caller(from_address(actions, f"198.18.{number // 250}.{number % 250 + 1}"), None)


async def expert(superuser: asyncpg.Connection, **values: Any) -> str:
    """The address of a public expert of Alphaland."""
    ref = f"EXP-{uuid4().hex[:20].upper()}"
    await enter(superuser, "member_expert", **{"ref": ref, "status": "active", "category": "expert", **values})
    return f"/membership/v1/experts/{ref}"


async def tasks_of(officer: Caller, record: str) -> list[dict[str, Any]]:
    """The tasks about reported errors in a record."""
    items = await officer.everything(f"{TASKS}?about_kind=reported_error&limit=200")
    return [item for item in items if item["titles"]["en"].endswith(record.rpartition("/")[2])]


async def test_a_report_is_a_task_of_the_office_until_somebody_verifies_it(
    reader: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    record = await expert(superuser)
    made = await reader.post(PATH, {"record": record, **SAID})
    assert made.status_code == 201
    officer = caller("officer")
    (task,) = await tasks_of(officer, record)
    assert made.json() == {"ref": task["ref"]}
    assert (task["country"], task["status"], task["visibility"]) == ("XA", "open", "restricted")
    assert task["owner"] == {"account_id": None, "role": "secretariat_officer"}
    assert task["about"] == {"kind": "reported_error", "id": None, "decision": None}
    assert task["text"] == {"en": f"{SAID['text']}\n\n{record}"}
    assert task["due"] > str(today())
    assert set(task["titles"]) == set(LANGUAGES)
    assert {record.rpartition("/")[2] in title for title in task["titles"].values()} == {True}
    mine = await officer.everything(f"{TASKS}?owner=me&holder=me&limit=200")
    assert task["id"] in [item["id"] for item in mine]
    path = f"{TASKS}/{task['id']}"
    (entry,) = (await officer.get(f"{path}/history")).json()["items"]
    assert (entry["action"], entry["by"]["kind"]) == ("create", "system")
    assert (await steps(officer, path, "start", "complete"))["status"] == "done"
    assert (await steps(caller("admin"), path, "verify"))["status"] == "verified"


@pytest.mark.parametrize("name", ["author_xb", "government_xb", None])
async def test_whoever_has_no_office_in_the_country_reads_no_report(
    reader: Caller, caller: Callers, superuser: asyncpg.Connection, name: str | None
) -> None:
    record = await expert(superuser)
    assert (await reader.post(PATH, {"record": record, **SAID})).status_code == 201
    (task,) = await tasks_of(caller("officer"), record)
    assert (await caller(name).get(f"{TASKS}/{task['id']}")).status_code in (401, 404)


async def test_each_public_kind_is_reported_in(reader: Caller, caller: Callers, superuser: asyncpg.Connection) -> None:
    designated = {"registration_number": uuid4().hex, "registration_serial": 1, "designated_on": today()}
    tables: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("member_institution", "/membership/v1/institutions", {"status": "verified"}),
        ("centre_centre", "/centres/v1/centres", {"status": "active", **designated}),
    )
    for table, path, values in tables:
        ref = f"R-{uuid4().hex[:20].upper()}"
        await enter(superuser, table, ref=ref, country="XB", **values)
        assert (await reader.post(PATH, {"record": f"{path}/{ref}", **SAID})).status_code == 201
        (task,) = await tasks_of(caller("officer"), ref)
        assert task["country"] == "XB"
    assert (await reader.post(PATH, {"record": "/actions/v1/countries/XB", **SAID})).status_code == 201
    assert [task["country"] for task in await tasks_of(caller("officer"), "countries/XB")] == ["XB"]


async def test_what_not_everybody_sees_is_unknown(reader: Caller, superuser: asyncpg.Connection) -> None:
    hidden = (
        await expert(superuser, visibility="network"),
        await expert(superuser, status="prospect"),
        await expert(superuser, erased_at=now()),
        "/membership/v1/experts/EXP-999999",
        "/actions/v1/countries/ZZ",
    )
    for record in hidden:
        refused = await reader.post(PATH, {"record": record, **SAID})
        assert refused.status_code == 422, record
        error = refused.json()["errors"][0]
        assert (error["code"], error["pointer"]) == ("unknown_reference", "/record")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"record": "/membership/v1/initiatives/INI-000001"}, "/record"),
        ({"record": "https://example.org/membership/v1/experts/EXP-000001"}, "/record"),
        ({"record": "/actions/v1/countries/X' OR 1=1"}, "/record"),
        ({"text": ""}, "/text"),
        ({"text": "x" * 2_001}, "/text"),
        ({"language": "de"}, "/language"),
        ({"email": "me@example.org"}, "/email"),
    ],
)
async def test_what_is_no_report_is_refused(reader: Caller, wrong: dict[str, str], pointer: str) -> None:
    refused = await reader.post(PATH, {"record": "/actions/v1/countries/XA", **SAID, **wrong})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_network_sends_five_reports_an_hour(reader: Caller, superuser: asyncpg.Connection) -> None:
    for _ in range(5):
        assert (await reader.post(PATH, {"record": await expert(superuser), **SAID})).status_code == 201
    refused = await reader.post(PATH, {"record": await expert(superuser), **SAID})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600


async def test_a_record_takes_five_reports_a_day(
    actions: httpx.AsyncClient, caller: Callers, superuser: asyncpg.Connection
) -> None:
    record = await expert(superuser)
    found = []
    for number in range(6):
        from_elsewhere = Caller(from_address(actions, f"203.0.113.{number + 1}"), None)
        found.append((await from_elsewhere.post(PATH, {"record": record, **SAID})).status_code)
    assert found == [201] * 5 + [429]
    assert len(await tasks_of(caller("officer"), record)) == 5


async def test_the_language_is_that_of_the_reader(
    reader: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    record = await expert(superuser)
    said = {"record": record, "text": "اسم الجامعة خطأ"}
    assert (await reader.post(PATH, said, headers={"Accept-Language": "ar"})).status_code == 201
    (task,) = await tasks_of(caller("officer"), record)
    assert set(task["text"]) == {"ar"}


async def test_an_officer_enters_what_was_reported_by_telephone(caller: Callers) -> None:
    body = {"country": "XA", "titles": {"en": "Reported by telephone"}, "due": "2090-01-01"}
    about = {"kind": "reported_error"}
    made = await caller("officer").post(TASKS, {**body, "about": about})
    assert made.status_code == 201, made.text
    assert made.json()["about"]["kind"] == "reported_error"
