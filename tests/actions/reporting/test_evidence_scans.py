"""Files wait for the scan for viruses where a scanner is configured, and infected ones are quarantined."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pydantic import ValidationError

from services.actions.app import create_app
from services.actions.reporting.evidence.operations import SCAN_JOB
from services.actions.reporting.evidence_checks.jobs import order_scan, scan
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.storage.objects import ObjectStore
from shared.storage.scanner import Scanner
from tests.actions.programme import action, milestone, programme, steps
from tests.support.callers import Caller, serving
from tests.support.clamd import EICAR, Clamd, clamd
from tests.support.evidence import PDF, evidence, sent
from tests.support.principals import enter_callers

Callers = Callable[[str | None], Caller]


@dataclass(frozen=True)
class Scanning:
    """An app with a scanner, and the scanner."""

    clamd: Clamd
    client: httpx.AsyncClient
    database: Database
    settings: ActionsSettings

    def by(self, name: str) -> Caller:
        return Caller(self.client, name)

    async def scan(self, path: str | None = None) -> int:
        """Scans one file or the next ones, as the worker's job does."""
        begin = partial(unit_of_work, self.database, SYSTEM_CONTEXT)
        key = UUID(path.rsplit("/", 1)[1]) if path else None
        return await scan(begin, ObjectStore(self.settings.objects_url), Scanner(self.clamd.address), key)

    async def scan_all(self) -> None:
        """Scans what is left of other tests, too."""
        while await self.scan():
            pass


@pytest.fixture
async def scanning(settings: ActionsSettings, database: Database) -> AsyncIterator[Scanning]:
    async with clamd() as found:
        with_scanner = settings.model_copy(update={"scanner": found.address})
        async with serving(create_app(with_scanner)) as client:
            yield Scanning(found, client, database, with_scanner)


async def _scan_of(by: Caller, path: str) -> tuple[str, str]:
    """The states of the record and of its scan."""
    found = (await by.get(path)).json()
    assert (found["scan"]["at"] is None) is (found["scan"]["state"] in ("waiting", "not_scanned"))
    return found["status"], found["scan"]["state"]


async def _release(scanning: Scanning, path: str, database_url: str) -> dict[str, Any]:
    """The file that one administrator proposes to release and another confirms."""
    await enter_callers(database_url)
    proposed = await scanning.by("admin").step(path, "release", reason="A false alarm")
    assert proposed.status_code == 202, proposed.text
    confirmed = await scanning.by("admin2").post(proposed.headers["location"], {"decision": "confirm"})
    assert confirmed.status_code == 200, confirmed.text
    return dict(confirmed.json())


async def test_a_claim_waits_until_the_scanner_has_read_its_evidence(
    scanning: Scanning, superuser: asyncpg.Connection
) -> None:
    author = scanning.by("author_xa")
    scanning.clamd.is_down = True
    file = await evidence(author, visibility="network")
    assert await _scan_of(author, file) == ("scanning", "waiting")
    assert (await scanning.by("author_xb").get(file)).status_code == 404
    for read in ("content", "download_url"):
        refused = await author.get(f"{file}/{read}")
        assert (refused.status_code, refused.json()["code"]) == (409, "evidence_not_available")
    key = file.rsplit("/", 1)[1]
    queued = "SELECT count(*) FROM core_job WHERE job_type = $1 AND payload ->> 'evidence' = $2"
    assert await superuser.fetchval(queued, SCAN_JOB, key) == 1
    path = await milestone(author, await action(author, await programme(author), "core"))
    await steps(author, path, "start")
    claim = {"fields": {"evidence": [{"title": "Minutes", "date": "2026-03-01", "evidence_id": key}]}}
    assert await scanning.scan(file) == 0
    assert await _scan_of(author, file) == ("scanning", "waiting")
    assert (await author.step(path, "claim", **claim)).json()["reason"] == "evidence_not_available"
    scanning.clamd.is_down = False
    assert await scanning.scan(file) == 1
    assert await _scan_of(author, file) == ("available", "clean")
    assert (await author.step(path, "claim", **claim)).status_code == 200
    assert (await scanning.by("author_xb").get(file)).status_code == 200
    assert [line["action"] for line in (await author.get(f"{file}/history")).json()["items"]] == ["pass", "create"]
    assert await scanning.scan(file) == 1
    assert (await author.get(file)).json()["version"] == 2


async def test_an_infected_file_is_quarantined_until_two_administrators_release_it(
    scanning: Scanning, superuser: asyncpg.Connection, database_url: str
) -> None:
    author = scanning.by("author_xa")
    file = await evidence(author, PDF + EICAR)
    await scanning.scan(file)
    assert await _scan_of(author, file) == ("quarantined", "infected")
    assert (await author.get(f"{file}/content")).status_code == 409
    fact = "SELECT count(*) FROM core_outbox WHERE type = $1 AND subject = $2"
    assert await superuser.fetchval(fact, "escm.actions.evidence.quarantined.v1", UUID(file.rsplit("/", 1)[1])) == 1
    for who, reason, status in (("author_xa", "Harmless", 403), ("officer", "Harmless", 403), ("admin", "", 422)):
        assert (await scanning.by(who).step(file, "release", reason=reason)).status_code == status, who
    released = await _release(scanning, file, database_url)
    assert (released["status"], released["scan"]["state"]) == ("available", "infected")
    await scanning.scan_all()
    assert (await author.get(f"{file}/content")).content == PDF + EICAR


async def test_a_file_that_is_too_large_to_scan_waits(scanning: Scanning, database_url: str) -> None:
    author = scanning.by("author_xa")
    scanning.clamd.limit = 1_000
    file = await evidence(author, b"x" * 100_000)
    await scanning.scan(file)
    assert await _scan_of(author, file) == ("scanning", "too_large")
    scanning.clamd.limit = 16 << 20
    await scanning.scan_all()
    assert await _scan_of(author, file) == ("scanning", "too_large")
    assert (await _release(scanning, file, database_url))["status"] == "available"


async def test_a_fault_of_one_file_does_not_stop_the_others(scanning: Scanning) -> None:
    author = scanning.by("author_xa")
    file = await evidence(author)
    scanning.clamd.reply = b"stream: Can't allocate memory ERROR"
    assert await scanning.scan(file) == 0
    assert await _scan_of(author, file) == ("scanning", "waiting")
    scanning.clamd.reply = b""
    await scanning.scan_all()
    assert await _scan_of(author, file) == ("available", "clean")


async def test_a_scanner_that_is_set_later_scans_earlier_files(
    scanning: Scanning, caller: Callers, superuser: asyncpg.Connection
) -> None:
    author = caller("author_xa")
    clean, infected, superseded, withdrawn = [await evidence(author, content) for content in (b"A", *[EICAR] * 3)]
    await sent(author, b"Better", replaces_id=superseded.rsplit("/", 1)[1])
    await author.step(withdrawn, "withdraw", reason="Outdated")
    before = (await author.get(clean)).json()
    assert (before["status"], before["scan"]["state"]) == ("available", "not_scanned")
    async with unit_of_work(scanning.database, SYSTEM_CONTEXT) as uow:
        await order_scan(uow)
    assert await superuser.fetchval("SELECT count(*) FROM core_job WHERE job_type = $1 AND payload = '{}'", SCAN_JOB)
    await scanning.scan_all()
    after = (await author.get(clean)).json()
    assert (after["status"], after["scan"]["state"], after["version"]) == ("available", "clean", before["version"])
    for file in (infected, superseded, withdrawn):
        assert await _scan_of(author, file) == ("quarantined", "infected")


def test_the_worker_scans_only_with_a_scanner(settings: ActionsSettings, scanning: Scanning) -> None:
    assert "scan_evidence" not in create_worker(settings)._schedules
    worker = create_worker(scanning.settings)
    assert "scan_evidence" in worker._schedules
    assert SCAN_JOB in worker._jobs


@pytest.mark.parametrize(
    "values",
    [{"scan_required": True}, {"scanner": "clamd:3310"}, {"scanner": "tcp:clamd"}, {"scanner": "unix:clamd.sock"}],
)
def test_a_service_that_needs_a_scanner_does_not_start_without_one(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ActionsSettings(**values)
    assert ActionsSettings(scanner="unix:/run/clamd.sock", scan_required=True).scan_required
