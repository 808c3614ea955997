"""The trail is verified in the database, each hour, under the role of access: changes are logged and counted."""

import random
from collections.abc import AsyncIterator

import asyncpg
import pytest

from services.access.settings import AccessSettings
from services.access.worker import SCHEDULES
from shared.audit import watching
from shared.audit.verifying import BadTrail
from shared.audit.watching import watch
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.observability import metrics
from tests.shared.audit import test_tampering as tampering
from tests.shared.audit.trail import Trail

sealed = tampering.sealed
_SIXTY = 60


class Watcher:
    """The hourly job of the worker of access."""

    def __init__(self, database: Database, admin: asyncpg.Connection) -> None:
        self._database = database
        self._admin = admin

    async def look(self) -> BadTrail | None:
        async with unit_of_work(self._database, SYSTEM_CONTEXT) as uow:
            return await watch(uow.connection)

    async def marks(self) -> tuple[int, int]:
        row = await self._admin.fetchrow("SELECT newest, again FROM core_audit_verified")
        return row["newest"], row["again"]


@pytest.fixture
async def watcher(database_url: str, trail: Trail) -> AsyncIterator[Watcher]:
    database = await Database.open(AccessSettings(database_url=database_url).database_dsn(), size=1)
    yield Watcher(database, trail.admin)
    await database.close()


def _faults() -> float:
    return metrics.AUDIT_FAULTS._value.get()


async def test_a_trail_that_is_empty_or_not_sealed_yet_is_no_fault(watcher: Watcher, trail: Trail) -> None:
    assert await watcher.look() is None
    for sealed in (3, 3):
        await trail.write(3)
        await trail.link()
        assert await watcher.look() is None
        assert await watcher.marks() == (sealed, 0)


async def test_what_is_sealed_is_verified_once_and_then_again_from_the_beginning(
    watcher: Watcher, sealed: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_STEP", 12)
    monkeypatch.setattr(watching, "OLD", 24)
    seen = []
    for _ in range(4):
        assert await watcher.look() is None
        seen.append(await watcher.marks())
    assert seen == [(_SIXTY, 24), (_SIXTY, 48), (_SIXTY, 0), (_SIXTY, 24)]
    assert metrics.AUDIT_VERIFIED._value.get() == _SIXTY
    await sealed.write(2)
    await sealed.link(seal=True)
    assert await watcher.look() is None
    assert (await watcher.marks())[0] == _SIXTY + 2


@pytest.mark.parametrize("mutate", tampering._MUTATIONS, ids=lambda mutate: mutate.__name__.strip("_"))
async def test_what_a_superuser_did_is_found_whether_it_was_verified_before_or_not(
    watcher: Watcher, sealed: Trail, mutate: tampering.Mutation
) -> None:
    for was_verified in (True, False):
        await sealed.bring_back()
        await sealed.admin.execute("UPDATE core_audit_verified SET newest = 0, again = 0")
        if was_verified:
            assert await watcher.look() is None
        before = await watcher.marks()
        place, _ = await mutate(sealed.admin, random.Random(mutate.__name__), await sealed.positions())
        faults = _faults()
        found = await watcher.look()
        assert found is not None, mutate.__name__
        assert place is None or found.position is None or found.position <= place.stop
        assert _faults() == faults + 1
        assert await watcher.marks() == before
        assert await watcher.look() is not None


async def test_an_end_that_is_cut_off_with_its_checkpoints_is_found(watcher: Watcher, sealed: Trail) -> None:
    assert await watcher.look() is None
    for table, column in (("core_audit_link", "position"), ("core_audit_checkpoint", "position")):
        await sealed.admin.execute(f"DELETE FROM {table} WHERE {column} > 48")
    found = await watcher.look()
    assert found is not None
    assert (found.position, found.what) == (49, f"the end is cut off: it was verified up to {_SIXTY}")


async def test_where_the_beginning_was_dropped_by_rule_it_goes_on(watcher: Watcher, sealed: Trail) -> None:
    assert await watcher.look() is None
    await sealed.admin.execute("UPDATE core_audit_verified SET newest = 12, again = 12")
    reached = await sealed.admin.fetchval("SELECT hash FROM core_audit_link WHERE position = 24")
    dsn = sealed.settings.database_dsn("relay")
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "escm", "timezone": "UTC"})
    await sealed.chain._sealing.begin_after(connection, 24, reached)
    await connection.close()
    await sealed.admin.execute(
        "DELETE FROM core_audit_link WHERE position <= 24; DELETE FROM core_audit_checkpoint WHERE position < 24"
    )
    assert await watcher.look() is None
    assert (await watcher.marks())[0] == _SIXTY


async def test_a_fault_ends_the_hour_without_a_failure(watcher: Watcher, sealed: Trail) -> None:
    await sealed.admin.execute("UPDATE core_audit SET action = 'approve'")
    async with unit_of_work(watcher._database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["verify_audit_trail"].run(uow)
