"""Dated copies of open data: once a day, whole or absent, kept for 30 days and at the end of a month."""

import asyncio
import hashlib
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from calendar import monthrange
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.actions.exchange.open_data.datasets import DATASETS
from services.actions.exchange.open_data.queries import PUBLISHED
from services.actions.settings import ActionsSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel import clock
from shared.kernel.clock import now, today
from shared.kernel.principal import Principal, PrincipalKind
from shared.open_data.copies import copy_files
from shared.open_data.domain import FORMATS, is_copy_due
from shared.open_data.jobs import COPY_JOB, CopyJobs
from tests.actions.neighbours import change
from tests.actions.programme import approved
from tests.support import callers
from tests.support.callers import Caller
from tests.support.principals import enter_principal
from tests.support.results import id_of
from tests.support.tiers import long

PATH = "/actions/v1/open_data"
ALL = len(DATASETS) * len(FORMATS)


class Copying:
    """The jobs of the service, on a clock that a test sets."""

    def __init__(self, jobs: CopyJobs, database: Database, patch: pytest.MonkeyPatch) -> None:
        self.jobs, self.database, self._patch = jobs, database, patch

    def set_clock(self, at: datetime) -> None:
        self._patch.setattr(clock, "datetime", SimpleNamespace(now=lambda _zone: at))

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(self.database, SYSTEM_CONTEXT)

    async def make(self, at: datetime | None = None) -> int:
        if at is not None:
            self.set_clock(at)
        return await self.jobs.make(self.database, self.begin)

    async def remove(self) -> None:
        async with self.begin() as uow:
            await self.jobs.remove(uow)


@pytest.fixture
async def copying(
    settings: ActionsSettings, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Copying]:
    """Without copies of other tests."""
    await superuser.execute("DELETE FROM core_dataset_copy")
    yield Copying(CopyJobs(PUBLISHED, settings), database, monkeypatch)
    monkeypatch.undo()
    await superuser.execute("DELETE FROM core_dataset_copy")


async def _days(by: Caller) -> list[str]:
    items = (await by.get(PATH)).json()["items"]
    assert len({tuple(one["dates"]) for one in items}) == 1, "all datasets have the same days"
    return list(items[0]["dates"])


async def _copies(by: Caller, items: list[dict[str, Any]]) -> dict[str, bytes]:
    """The bytes of each file of the listed copies, which are as listed."""
    found = {}
    for each in (file for one in items for file in one["files"]):
        response = await by.get(each["copy_url"])
        assert response.status_code == 200, each
        assert (len(response.content), hashlib.sha256(response.content).hexdigest()) == (each["bytes"], each["sha256"])
        assert response.headers["etag"] == f'"{each["sha256"]}"'
        assert response.headers["content-type"] == each["media_type"]
        found[each["copy_url"]] = response.content
    return found


async def test_a_copy_never_changes_and_is_what_was_public(
    secretariat: Caller, anonymous: Caller, superuser: asyncpg.Connection, copying: Copying
) -> None:
    plan = await approved(secretariat, superuser, "XB", visibility="public")
    before = (await anonymous.get(PATH)).json()["items"]
    assert {(one["bytes"], one["sha256"], one["url"]) for one in before if one["name"] == "programmes"} == {
        (None, None, f"{PATH}/programmes.csv")
    }
    assert await copying.make() == ALL
    items = (await anonymous.get(PATH)).json()["items"]
    day = str(today())
    one = next(each for each in items if each["name"] == "programmes")
    assert (one["date"], one["dates"], one["url"]) == (day, [day], f"{PATH}/programmes.csv?date={day}")
    shown = await _copies(anonymous, items)
    assert len(shown) == ALL
    for file in one["files"]:
        assert (await anonymous.get(file["url"])).content == shown[file["copy_url"]], file["format"]
    assert id_of(plan).encode() in shown[one["url"]]
    await change(superuser, "action_programme", UUID(id_of(plan)), visibility="restricted")
    assert id_of(plan) not in (await anonymous.get(f"{PATH}/programmes.csv")).text
    assert await _copies(anonymous, (await anonymous.get(f"{PATH}?date={day}")).json()["items"]) == shown
    known = await anonymous.get(one["url"], headers={"If-None-Match": f'"{one["sha256"]}"'})
    assert (known.status_code, known.content) == (304, b"")
    assert (await secretariat.get(one["url"])).content == shown[one["url"]], "a token shows nothing more"


async def test_days_without_a_copy_and_other_parameters_are_refused(anonymous: Caller, copying: Copying) -> None:
    assert await copying.make() == ALL
    yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)
    for path in (PATH, f"{PATH}/actions.csv", f"{PATH}/frameworks.csv", f"{PATH}/actions.xml"):
        refused = await anonymous.get(f"{path}?date={yesterday}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found"), path
    for query in (f"date={tomorrow}", "date=yesterday", "date=", f"date={today()}&country=XA"):
        refused = await anonymous.get(f"{PATH}/actions.csv?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter"), query


async def test_the_sandbox_has_no_copies(
    caller: Callable[[str | None], Caller],
    copying: Copying,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = callers.machine("boxed", callers.grant("secretariat_admin", "global"))
    boxed = Principal(PrincipalKind.CLIENT, known.id, "boxed", known.grants, sandbox=True)
    monkeypatch.setitem(callers.CALLERS, "boxed", boxed)
    await enter_principal(superuser, boxed)
    assert await copying.make() == ALL
    assert await _days(caller("boxed")) == []
    assert (await caller("boxed").get(f"{PATH}/actions.csv?date={today()}")).status_code == 404


def test_copies_are_due_in_the_evening_or_when_those_of_yesterday_are_missing() -> None:
    day, noon = date(2026, 11, 28), datetime(2026, 11, 28, 12, tzinfo=UTC)
    night = noon.replace(hour=22)
    before = day - timedelta(days=1)
    assert is_copy_due(noon, None)
    assert is_copy_due(noon, before - timedelta(days=1))
    assert not is_copy_due(noon, before)
    assert is_copy_due(night, before)
    assert not is_copy_due(night, day)


async def test_several_workers_make_the_copies_of_a_day_once(
    anonymous: Caller,
    settings: ActionsSettings,
    copying: Copying,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    databases = [await Database.open(settings.database_dsn(), size=1) for _ in range(3)]
    made = await asyncio.gather(*(Copying(copying.jobs, each, monkeypatch).make() for each in databases))
    for each in databases:
        await each.close()
    assert sorted(made) == [0, 0, ALL]
    assert await copying.make() == 0
    assert await superuser.fetchval("SELECT count(*) FROM core_dataset_copy") == ALL
    assert await _days(anonymous) == [str(today())]


async def test_the_job_is_ordered_while_the_copies_are_due(copying: Copying, superuser: asyncpg.Connection) -> None:
    await superuser.execute("DELETE FROM core_job WHERE job_type = $1", COPY_JOB)
    query = "SELECT count(*) FROM core_job WHERE job_type = $1"
    for expected in (1, 1):
        async with copying.begin() as uow:
            await copying.jobs.order(uow)
        assert await superuser.fetchval(query, COPY_JOB) == expected
        await copying.make()
    await superuser.execute("DELETE FROM core_job WHERE job_type = $1", COPY_JOB)


@pytest.mark.parametrize(
    "only",
    [
        {date(2026, 1, 30), date(2026, 1, 31), date(2026, 3, 31)},
        *long("makes the copies of 74 days", set()),
    ],
    ids=["some days", "every day"],
)
async def test_copies_are_kept_for_30_days_and_at_the_end_of_each_month(
    anonymous: Caller, copying: Copying, only: set[date]
) -> None:
    first = datetime(2026, 1, 20, 22, tzinfo=UTC)
    days = [first + timedelta(days=n) for n in range(75)]
    days = [at for at in days if not only or at.date() in only]
    missing = date(2026, 2, 28)
    for at in days:
        if at.date() != missing:
            assert await copying.make(at) == ALL, at
    last = days[-1].date()
    expected = {at.date() for at in days if at.date() >= last - timedelta(days=30)}
    expected |= {date(2026, 1, 31), date(2026, 2, 27), date(2026, 3, 31)} & {at.date() for at in days}
    assert monthrange(2026, 3)[1] == 31
    assert await _days(anonymous) == [str(day) for day in sorted(expected, reverse=True)]


async def test_files_of_no_copy_are_removed_and_others_stay(
    anonymous: Caller, copying: Copying, settings: ActionsSettings, superuser: asyncpg.Connection
) -> None:
    assert await copying.make() == ALL
    store, later = copy_files(settings), now() + timedelta(hours=25)
    lost = await store.write(lambda target: target.write(b"of no copy") and None)
    await copying.remove()
    assert await store.size(lost.digest) == len(b"of no copy"), "its transaction may still be open"
    copying.set_clock(later)
    await copying.remove()
    assert await store.size(lost.digest) is None
    items = (await anonymous.get(PATH)).json()["items"]
    assert len(await _copies(anonymous, items)) == ALL
    await store.remove(items[0]["sha256"])
    assert (await anonymous.get(items[0]["url"])).status_code == 503
    await superuser.execute("DELETE FROM core_dataset_copy")
    await copying.remove()
    assert await store.digests_before(later + timedelta(days=1)) == []


@pytest.mark.long("kills processes")
async def test_a_process_that_is_killed_leaves_whole_copies_or_none(
    anonymous: Caller, copying: Copying, settings: ActionsSettings
) -> None:
    chance = random.Random(7)
    for _ in range(4):
        process = await _started(settings)
        await asyncio.sleep(chance.uniform(0, 0.4))
        process.kill()
        await process.communicate()
        items = (await anonymous.get(PATH)).json()["items"]
        files = [file for one in items for file in one["files"] if file["copy_url"]]
        assert len(files) in (0, ALL)
        assert len(await _copies(anonymous, items if files else [])) == len(files)
    process = await _started(settings)
    output, _ = await process.communicate()
    made = output.decode().split()[-1]
    assert (process.returncode, made) in ((0, str(ALL)), (0, "0"))
    assert len(await _copies(anonymous, (await anonymous.get(PATH)).json()["items"])) == ALL


async def _started(settings: ActionsSettings) -> Process:
    """A process that has begun to make copies."""
    own = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "ESCM_STORAGE_PATH": str(settings.storage_path),
    }
    command = (sys.executable, "-m", "tests.actions.copying")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=Path(__file__).parents[3], env={**os.environ, **own}, stdout=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begins\n"
    return process
