"""The job that reads a manuscript."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from services.actions.global_report.versions import operations, queries
from services.actions.global_report.versions.domain import EVIDENCE, Unreadable
from services.actions.global_report.versions.images import MOST_BYTES
from services.actions.global_report.versions.operations import READ_MANUSCRIPT
from services.actions.global_report.versions.reading import reading_of
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin
from shared.kernel.errors import Invalid, NotFound
from shared.kernel.ids import is_id
from shared.kernel.principal import Principal, PrincipalKind
from shared.messaging.job_run import JobHandlers, JobRun
from shared.storage.objects import ObjectStore


def version_jobs(objects: ObjectStore) -> JobHandlers:
    """The handler of the job. `objects` has the files of evidence."""

    async def read_manuscript(run: JobRun) -> dict[str, Any]:
        return await _read(run, objects)

    return {READ_MANUSCRIPT: read_manuscript}


async def _read(run: JobRun, objects: ObjectStore) -> dict[str, Any]:
    key = UUID(run.payload["manuscript"])
    async with run.unit_of_work() as uow:
        sent = await queries.manuscript_of(uow.connection, key)
        found = await queries.by_id(uow.connection, key)
        figures = await queries.figures_of(uow.connection, sent["contribution_id"]) if sent else set()
    if found is not None:
        return _result(found)
    if sent is None:
        raise NotFound("The manuscript is no longer there.")
    kind, _, author = sent["created_by"].partition(":")
    sender = Principal(PrincipalKind(kind), UUID(author))
    files, cited = partial(_files, run, objects, sender), {str(one["id"]) for one in sent["cited"]}
    try:
        content, reading = await reading_of(bytes(sent["content"]), sent["media_type"], cited, figures, files)
    except Unreadable as error:
        async with run.unit_of_work() as uow:
            await queries.forget(uow.connection, key)
        raise Invalid(str(error), code="unreadable_manuscript") from None
    async with run.unit_of_work(SYSTEM_CONTEXT, Origin(sender, str(run.id))) as uow:
        return _result(await operations.store(uow, sent, content, reading))


async def _files(run: JobRun, objects: ObjectStore, sender: Principal, named: Collection[str]) -> dict[str, bytes]:
    """The files of evidence that a sender's text names as images: public ones, and the sender's own."""
    keys = {one.removeprefix(EVIDENCE): one for one in named if one.startswith(EVIDENCE)}
    ids = {key: UUID(key) for key in keys if is_id(key)}
    refs = sorted(keys.keys() - ids.keys())
    async with run.unit_of_work(SYSTEM_CONTEXT) as uow:
        rows = await queries.evidence_of(uow.connection, sender.account_id, refs, [*ids.values()], MOST_BYTES)
    found: dict[str, bytes] = {}
    for row in rows:
        with suppress(FileNotFoundError):
            content = b"".join([block async for block in objects.blocks(row["sha256"])])
            found |= {keys[key]: content for key in (row["ref"], str(row["id"])) if key in keys}
    return found


def _result(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("number", "language", "sha256", "words", "warnings")}
    return {**shown, "blocks": len(row["blocks"])}
