"""An import at the API: ordered, waited for, and read with its failures."""

import asyncio
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.portal.console.describing.labels import list_label
from services.portal.console.frame.files import UPLOAD_SECONDS, SentFile, as_form
from services.portal.console.imports.kinds import SERVICES, ImportKind
from services.portal.console.session.caller import Caller, accepted
from shared.kernel.errors import NotFound
from shared.reading.api import Reply

_PAUSES = (0.1, 0.2, 0.3, 0.5, *([1.0] * 15))
"""Seconds between two looks at a rehearsal while its page waits."""
UNDER_WAY = frozenset(("queued", "running"))
FAILURES_SHOWN = 50
_KEY = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Order:
    """What is imported: which column fills which heading, null for none; where the data are from."""

    kind: ImportKind
    mapping: Mapping[str, str | None]
    source: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Failures:
    """The first rows that were not imported, as they were sent, with what is wrong with them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: bool


async def ordered(caller: Caller, order: Order, file: SentFile, mode: str) -> Reply:
    """Sends a file to be imported, or with `dry_run` to be rehearsed. The response, whatever its status."""
    fields = {"resource": order.kind.resource, "mode": mode}
    fields |= {"mapping": orjson.dumps(order.mapping).decode()} if order.mapping else {}
    fields |= {name: value for name, value in (("source", order.source), ("licence", order.licence)) if value}
    media, content = as_form(fields, file)
    path = f"/{order.kind.service}/v1/imports"
    headers = {"Content-Type": media}
    return await caller.send("POST", path, headers=headers, content=content, seconds=UPLOAD_SECONDS)


async def waited_for(caller: Caller, service: str, job: str) -> dict[str, Any]:
    """A job at its end, or as it is after a while."""
    for pause in _PAUSES:
        found = await caller.read(f"/{service}/v1/jobs/{job}")
        if found["status"] not in UNDER_WAY:
            return found
        await asyncio.sleep(pause)
    return await caller.read(f"/{service}/v1/jobs/{job}")


async def import_of_job(caller: Caller, service: str, job: str) -> str | None:
    """The id of the import that a job carries out, if it is one of the last."""
    found = await caller.items(f"/{service}/v1/imports", {"limit": "50"})
    return next((str(one["id"]) for one in found if str(one["job"]).endswith(f"/{job}")), None)


async def found_import(caller: Caller, key: str) -> tuple[str, Reply]:
    """The service of an import and its record. Raises NotFound."""
    if not _KEY.fullmatch(key):
        raise NotFound("There is no such import.")
    replies = await asyncio.gather(*(caller.get(f"/{service}/v1/imports/{key}") for service in SERVICES))
    for service, reply in zip(SERVICES, replies, strict=True):
        if reply.status_code == 200:
            return service, reply
    raise NotFound("There is no such import.")


async def failures_of(caller: Caller, service: str, key: str) -> Failures:
    """The first failed rows of an import."""
    reply = accepted(await caller.get(f"/{service}/v1/imports/{key}/failures"))
    reader = csv.reader(io.StringIO(reply.content.decode("utf-8-sig"), newline=""))
    columns = next(reader, [])
    rows = [row for row, _ in zip(reader, range(FAILURES_SHOWN + 1), strict=False)]
    return Failures(columns, rows[:FAILURES_SHOWN], len(rows) > FAILURES_SHOWN)


async def last_imports(caller: Caller) -> list[dict[str, Any]]:
    """The last imports of the caller in all services, the newest first."""
    lists = await asyncio.gather(*(caller.items(f"/{service}/v1/imports", {"limit": "20"}) for service in SERVICES))
    found = [
        {
            **one,
            "service": service,
            "named": list_label(f"{service}.{one['resource'].rpartition('.')[2]}", caller.language),
        }
        for service, records in zip(SERVICES, lists, strict=True)
        for one in records
    ]
    return sorted(found, key=lambda one: str(one["created_at"]), reverse=True)
