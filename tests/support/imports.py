"""Sends files to the imports of a service, and waits for their results."""

import asyncio
import csv
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import httpx

from shared.configuration.settings import Settings
from tests.support.callers import Caller
from tests.support.waiting import PATIENCE

Start: TypeAlias = Callable[[str], "subprocess.Popen[bytes]"]


@contextmanager
def starting(module: str, settings: Settings) -> Iterator[Start]:
    """Starts a module as separate processes, with one argument each, and kills them at the end."""
    started: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "ESCM_STORAGE_PATH": str(settings.storage_path),
    }

    def start_one(what: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", module, what]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start_one
    for process in started:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


class Importer:
    """A caller who sends files and waits for the outcome."""

    def __init__(self, service: httpx.AsyncClient, name: str, of: str = "membership") -> None:
        self.caller = Caller(service, name)
        self.imports = f"/{of}/v1/imports"

    async def send(self, resource: str, content: bytes, name: str = "list.csv", **form: Any) -> httpx.Response:
        media, headers = form.pop("media", "text/csv"), form.pop("headers", {})
        files = {"file": (name, content, media)}
        return await self.caller.post(self.imports, files=files, data={"resource": resource, **form}, headers=headers)

    async def bring(self, resource: str, content: bytes, name: str = "list.csv", **form: Any) -> dict[str, Any]:
        """The result of the import's job."""
        response = await self.send(resource, content, name, **form)
        assert response.status_code == 202, response.text
        job = await self.end_of(response.headers["location"])
        assert job["status"] == "succeeded", job
        return dict(job["result"])

    async def end_of(self, job: str, within: float = PATIENCE) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while True:
            response = await self.caller.get(job)
            assert response.status_code == 200, response.text
            body: dict[str, Any] = response.json()
            if body["status"] not in ("queued", "running"):
                return body
            assert response.headers["retry-after"] == "1"
            assert loop.time() < until, body
            await asyncio.sleep(0.02)

    async def failures(self, result: dict[str, Any]) -> list[dict[str, str]]:
        response = await self.caller.get(result["failures_url"])
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.text)))

    async def undo(self, result: dict[str, Any]) -> httpx.Response:
        return await self.caller.step(f"{self.imports}/{result['import_id']}", "undo")


def csv_of(headings: str, rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """A CSV file; the headings are given with commas between them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def counts(created: int = 0, updated: int = 0, unchanged: int = 0, failed: int = 0) -> dict[str, int]:
    return {"created": created, "updated": updated, "unchanged": unchanged, "failed": failed}
