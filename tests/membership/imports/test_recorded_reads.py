"""The audit trail says who read lists of people, and all that is stored about one: what, how many, and which bytes."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from shared.audit.details import read as read_details
from shared.web.request import streams
from tests.membership.imports.conftest import EXPORTS
from tests.membership.imports.slow import Slow
from tests.support.callers import Caller
from tests.support.imports import Importer
from tests.support.membership import EXPERTS, INSTITUTIONS, entered


async def _reads(database: asyncpg.Connection) -> list[dict[str, Any]]:
    """The entries of reads, the oldest first, each with what it says."""
    rows = await database.fetch(
        "SELECT a.*, k.salt FROM core_audit a LEFT JOIN core_audit_key k ON k.id = a.detail_key"
        " WHERE action = 'read' ORDER BY a.id"
    )
    facts = await database.fetch("SELECT fact FROM core_outbox UNION ALL SELECT fact FROM core_fact")
    assert {row["id"] for row in rows} <= {fact["fact"] for fact in facts}, "the chain takes entries with a fact"
    found = [(row, (read_details(row) or {})["changes"]) for row in rows]
    return [
        {"of": row["resource"], "by": row["actor_kind"], **{one["pointer"][1:]: one["after"] for one in said}}
        for row, said in found
    ]


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
async def test_a_stream_of_people_is_recorded(
    secretariat: Importer, database: asyncpg.Connection, file_format: str
) -> None:
    for name in ("Ana Uno", "Ben Two"):
        await entered(secretariat.caller, names=[{"full": name}])
    query = {"format": file_format, "country": "XA", "fields": "display_name"}
    file = await secretariat.caller.get(EXPERTS, params=query)
    (said,) = await _reads(database)
    assert said == {
        "of": "membership.experts", "by": "client", "filters": {"country": "XA"}, "fields": ["display_name", "id"],
        "rows": 2, "digest": hashlib.sha256(file.content).hexdigest(), "whole": True,
    }  # fmt: skip


async def test_what_a_filter_may_say_of_a_person_is_left_out(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await secretariat.caller.get(EXPERTS, params={"format": "csv", "q": "amina"})
    (said,) = await _reads(database)
    assert (said["filters"], said["rows"]) == ({"q": "…"}, 0)


async def test_a_stream_that_is_cut_is_recorded_with_what_was_sent(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await entered(secretariat.caller, names=[{"full": "Ana Uno"}])
    monkeypatch.setattr(streams, "PATIENCE", 0.1)
    slow = Slow(service, EXPERTS, "format=ndjson")
    assert (await slow.next())["status"] == 200
    (outcome,) = await asyncio.gather(slow.task, return_exceptions=True)
    assert type(outcome).__name__ == "ResponseCutShort"
    (said,) = await _reads(database)
    assert (said["rows"], said["whole"]) == (1, False)


async def test_what_everybody_sees_and_what_is_of_nobody_is_not_recorded(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    assert (await Caller(service, None).get(EXPERTS, params={"format": "csv"})).status_code == 200
    assert (await secretariat.caller.get(INSTITUTIONS, params={"format": "csv"})).status_code == 200
    assert (await secretariat.caller.get(EXPERTS)).status_code == 200
    assert await _reads(database) == []


async def test_each_fetch_of_an_export_of_people_is_recorded(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await entered(secretariat.caller, names=[{"full": "Ana Uno"}])
    for resource in ("experts", "institutions"):
        body = {"resource": resource, "filters": {"country": "XA"}, "fields": ["ref"]}
        job = await secretariat.end_of((await secretariat.caller.post(EXPORTS, body)).headers["location"])
        assert await _reads(database) == [] or resource == "institutions", "ordering reads nothing"
        for _ in range(2):
            file = await secretariat.caller.get(job["result_url"])
        if resource == "experts":
            digest = hashlib.sha256(file.content).hexdigest()
    first, second = await _reads(database)
    assert first == second == {
        "of": "membership.experts", "by": "client", "filters": {"country": "XA"}, "fields": ["ref"], "rows": 1,
        "digest": digest,
    }  # fmt: skip


async def test_the_fetch_of_everything_about_a_person_is_recorded(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    expert = (await entered(secretariat.caller, names=[{"full": "Ana Uno"}]))["id"]
    ordered = await secretariat.caller.post(f"{EXPERTS}/{expert}/subject_export")
    job = await secretariat.end_of(ordered.headers["location"])
    file = await secretariat.caller.get(job["result_url"])
    (said,) = await _reads(database)
    assert (said["of"], said["filters"]) == ("membership.subject_export", {"expert": str(UUID(expert))})
    assert said["digest"] == hashlib.sha256(file.content).hexdigest()
