"""Files of evidence are replaced, withdrawn, restored and purged."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx

from services.actions.reporting.evidence.operations import purge, removing
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from shared.storage.objects import ObjectStore
from tests.actions.neighbours import change, enter
from tests.actions.test_merges import announce
from tests.support.callers import Caller
from tests.support.clock import run_on
from tests.support.evidence import evidence, sent, stored

Callers = Callable[[str | None], Caller]


def _refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def _purge(database: Database) -> None:
    """By four workers at the same time."""
    await run_on(today(), purge, database, workers=4)


async def _remove(database: Database, settings: ActionsSettings) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await removing(ObjectStore(settings.objects_url))(uow)


async def _withdrawn(superuser: asyncpg.Connection, by: Caller, content: bytes, days: int, **more: str) -> str:
    """A file that was withdrawn so many days ago."""
    path = await evidence(by, content, **more)
    assert (await by.step(path, "withdraw", reason="Outdated")).status_code == 200
    since = now() - timedelta(days=days)
    await superuser.execute("UPDATE action_evidence SET status_since = $2 WHERE id = $1", path.rsplit("/", 1)[1], since)
    return path


async def test_a_file_replaces_another(caller: Callers) -> None:
    author = caller("author_xa")
    path = await evidence(author, b"First")
    key = path.rsplit("/", 1)[1]
    second = (await sent(author, b"Second", replaces_id=key)).json()
    first = (await author.get(path)).json()
    assert (first["status"], first["replaced_by"], second["replaces_id"]) == ("superseded", second["id"], key)
    assert (await author.get(f"{path}/content")).content == b"First"
    assert _refusal(await sent(author, b"Third", replaces_id=key)) == (409, "evidence_not_available")
    for other, fields in (("author_xb", {"country": "XB"}), ("author_xa", {"replaces_id": str(uuid4())})):
        refused = await sent(caller(other), b"Third", **{"replaces_id": second["id"], **fields})
        assert refused.status_code == 422
        error = refused.json()["errors"][0]
        assert (error["code"], error["pointer"]) == ("unknown_reference", "/replaces_id")


async def test_a_withdrawn_file_is_not_read_until_it_is_restored(caller: Callers) -> None:
    author = caller("author_xa")
    path = await evidence(author, b"Agreed")
    url = (await author.get(f"{path}/download_url")).json()["url"]
    assert (await author.step(path, "withdraw")).status_code == 422
    assert (await author.step(path, "withdraw", reason="Wrong version")).json()["status"] == "withdrawn"
    for address in (f"{path}/content", f"{path}/download_url", url):
        assert _refusal(await author.get(address)) == (409, "evidence_not_available")
    assert (await caller("author_xb").get(path)).status_code == 404
    assert (await author.step(path, "restore")).json()["status"] == "available"
    for address in (f"{path}/content", url):
        assert (await author.get(address)).content == b"Agreed"


async def test_what_is_said_about_a_file_changes(caller: Callers) -> None:
    author = caller("author_xa")
    path = await evidence(author, b"Agreed")
    changed = (await author.change(path, title="Protocol", category="B01", keep_until="2090-01-01")).json()
    assert (changed["title"], changed["category"], changed["keep_until"]) == ("Protocol", "B01", "2090-01-01")
    for field, value in (("country", "XB"), ("sha256", "0" * 64), ("scope_id", str(uuid4())), ("size", 1)):
        assert (await author.change(path, **{field: value})).json()["code"] == "unknown_field"
    refused = await author.change(path, visibility="public")
    assert (refused.status_code, refused.json()["reason"]) == (403, "publish_not_permitted")
    assert (await caller("author_xb").change(path, title="x")).status_code == 404


async def test_an_administrator_purges_at_once(
    caller: Callers, admin: Caller, database: Database, settings: ActionsSettings
) -> None:
    author, content = caller("author_xa"), uuid4().bytes.hex().encode()
    path = await evidence(author, content, keep_until="2090-01-01")
    url = (await author.get(f"{path}/download_url")).json()["url"]
    await author.step(path, "withdraw", reason="Names a person")
    assert (await author.step(path, "purge")).status_code == 403
    assert (await admin.step(path, "purge")).json()["status"] == "purged"
    for address in (f"{path}/content", f"{path}/download_url", url):
        assert _refusal(await author.get(address)) == (410, "purged")
    assert (await author.get(path)).json()["size"] == len(content)
    await _remove(database, settings)
    assert hashlib.sha256(content).hexdigest() not in stored(settings)


async def test_a_schedule_purges_what_was_withdrawn_ninety_days_ago(
    caller: Callers, superuser: asyncpg.Connection, database: Database
) -> None:
    author = caller("author_xa")
    due = await _withdrawn(superuser, author, b"Due", 90, keep_until=(today() - timedelta(days=1)).isoformat())
    early = await _withdrawn(superuser, author, b"Early", 89)
    wanted = await _withdrawn(superuser, author, b"Wanted", 90, keep_until=today().isoformat())
    await _purge(database)
    states = [(await author.get(path)).json()["status"] for path in (due, early, wanted)]
    assert states == ["purged", "withdrawn", "withdrawn"]
    history = (await author.get(f"{due}/history")).json()["items"]
    assert (history[0]["action"], history[0]["by"]["kind"]) == ("purge", "system")
    assert [line["action"] for line in history].count("purge") == 1


async def test_a_file_is_removed_with_its_last_record(
    caller: Callers, superuser: asyncpg.Connection, database: Database, settings: ActionsSettings
) -> None:
    content = uuid4().bytes.hex().encode()
    digest = hashlib.sha256(content).hexdigest()
    one = await _withdrawn(superuser, caller("author_xa"), content, 90)
    other = await _withdrawn(superuser, caller("author_xb"), content, 1, country="XB")
    await _purge(database)
    await _remove(database, settings)
    assert digest in stored(settings), "another record has an equal file"
    assert (await caller("author_xa").get(one)).json()["status"] == "purged"
    await change(superuser, "action_evidence", other.rsplit("/", 1)[1], status_since=now() - timedelta(days=90))
    await _purge(database)
    for _ in range(2):
        await _remove(database, settings)
    assert digest not in stored(settings)
    assert await superuser.fetchval("SELECT count(*) FROM action_evidence WHERE status = 'purged' AND is_stored") == 0


def test_the_worker_purges_and_removes_every_hour(settings: ActionsSettings) -> None:
    schedules = create_worker(settings)._schedules
    for name in ("purge_evidence", "remove_purged_evidence"):
        assert schedules[name].every == timedelta(hours=1)


async def test_a_file_follows_its_institution(
    caller: Callers, database: Database, superuser: asyncpg.Connection
) -> None:
    loser, winner = [await enter(superuser, "member_institution", status="verified") for _ in range(2)]
    path = await evidence(caller("author_xa"), b"Agreed", scope_id=str(loser))
    await change(superuser, "member_institution", loser, merged_into=winner)
    await announce(database, "institution", "merged", winner)
    assert (await caller("author_xa").get(path)).json()["scope_id"] == str(winner)
