"""The job that reads a manuscript."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.actions.global_report.versions import operations, queries
from services.actions.global_report.versions.domain import Unreadable
from services.actions.global_report.versions.operations import READ_MANUSCRIPT
from services.actions.global_report.versions.reading import reading_of
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin
from shared.kernel.errors import Invalid, NotFound
from shared.kernel.principal import Principal, PrincipalKind
from shared.messaging.job_run import JobHandlers, JobRun


async def _read_manuscript(run: JobRun) -> dict[str, Any]:
    key = UUID(run.payload["manuscript"])
    async with run.unit_of_work() as uow:
        sent = await queries.manuscript_of(uow.connection, key)
        found = await queries.by_id(uow.connection, key)
        figures = await queries.figures_of(uow.connection, sent["contribution_id"]) if sent else set()
    if found is not None:
        return _result(found)
    if sent is None:
        raise NotFound("The manuscript is no longer there.")
    try:
        content, reading = await reading_of(
            bytes(sent["content"]), sent["media_type"], {str(one["id"]) for one in sent["cited"]}, figures
        )
    except Unreadable as error:
        async with run.unit_of_work() as uow:
            await queries.forget(uow.connection, key)
        raise Invalid(str(error), code="unreadable_manuscript") from None
    kind, _, author = sent["created_by"].partition(":")
    origin = Origin(Principal(PrincipalKind(kind), UUID(author)), str(run.id))
    async with run.unit_of_work(SYSTEM_CONTEXT, origin) as uow:
        return _result(await operations.store(uow, sent, content, reading.blocks, reading.warnings))


def _result(row: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("number", "language", "sha256", "words", "warnings")}
    return {**shown, "blocks": len(row["blocks"])}


VERSION_JOBS: JobHandlers = {READ_MANUSCRIPT: _read_manuscript}
