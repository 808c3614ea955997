"""Ordering builds, and noting how they ended."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.actions.global_report.builds import domain, parts, queries
from services.actions.global_report.builds.tables import build
from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.volumes.domain import BuildWarning
from services.actions.settings import PUBLISHING
from shared.bulk.store import FileStore, files_in
from shared.configuration.settings import Settings
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.release import release
from shared.kernel.resource import Resource
from shared.messaging.outbox import defer
from shared.messaging.schedules import Schedule
from shared.messaging.work_store import PRINTS
from shared.records.access_scope import AccessScope
from shared.records.requirements import require

BUILDS = Resource("actions", "builds", "build")
BUILD_EDITION = f"{PRINTS}edition"
"""The job that builds an edition."""
_UNUSED_FOR = timedelta(hours=1)
"""How long a file stays that no build has: the worker may be about to enter it."""


def build_files(settings: Settings) -> FileStore:
    """The store of the files of builds. The same texts give the same files again, so that backups leave them out."""
    return files_in(settings, "builds")


async def order(
    uow: UnitOfWork, access: AccessScope, of: Edition, kind: str, languages: Sequence[str], issue: int | None = None
) -> UUID:
    """Assigns a build of an edition to the worker, by default of its present issue in all of its languages. Returns the
    id of the job.

    Raises Forbidden outside the caller's grants, Conflict for an edition in another state and while one is being built,
    Invalid for languages in which it does not appear, and for an issue that there is not.
    """
    require(access, "create", None, of.id)
    domain.require_buildable(of, kind)
    for place, language in enumerate(languages):
        if language not in of.languages:
            raise invalid_field(f"/languages/{place}", "not_one_of", f"One of: {', '.join(of.languages)}.")
    chosen = of.issue if issue is None else issue
    if not 0 <= chosen <= of.issue:
        raise invalid_field("/issue", "out_of_range", f"The edition has the issues 0 to {of.issue}.")
    number = await queries.next_number(uow.connection, of.id)
    if await queries.is_building(uow.connection, of.id, now() - domain.PATIENCE):
        raise Conflict("The edition is being built.")
    return await _assign(uow, of, chosen, number, kind, languages)


async def order_again(uow: UnitOfWork, of: Edition) -> int:
    """Assigns a final build of an edition that says something else from now on to the worker, also while another one is
    made. Returns its number."""
    number = await queries.next_number(uow.connection, of.id)
    await _assign(uow, of, of.issue, number, domain.FINAL, ())
    return number


async def _assign(uow: UnitOfWork, of: Edition, issue: int, number: int, kind: str, languages: Sequence[str]) -> UUID:
    await queries.drop_old(uow.connection, of.id, kind, issue, domain.KEPT - 1)
    key, author, at = uuid7(), uow.origin.actor.label, now()
    uow.append(
        build,
        id=key,
        edition_id=of.id,
        number=number,
        kind=kind,
        status=domain.BUILDING,
        languages=sorted(languages or of.languages),
        warnings=[],
        issue=issue,
        retracted=False,
        created_at=at,
        created_by=author,
    )
    return defer(uow, PUBLISHING, BUILD_EDITION, {"build": str(key)}, created_by=author)


async def begin(
    uow: UnitOfWork, row: Row, state: str, *, is_retracted: bool
) -> tuple[dict[str, Row], list[BuildWarning]]:
    """The files of a build that stand from an attempt before, by name, and its warnings: none if it was made of
    something else."""
    found = await queries.locked(uow.connection, row["id"])
    if found is None or found["state"] != state:
        await queries.begin(uow.connection, row["id"], state, is_retracted=is_retracted)
        return {}, []
    return {one["name"]: one for one in await queries.files_of(uow.connection, row["id"])}, found["warnings"]


async def complete(uow: UnitOfWork, row: Row, warnings: Sequence[BuildWarning]) -> None:
    """Notes that all files of a build stand, in the history of its edition too."""
    edition = await EDITIONS.lock(uow, row["edition_id"])
    await _finish(uow, row["id"], domain.COMPLETE, warnings, None)
    EDITIONS.record_change(uow, "build", edition, edition, "built")


async def fail(uow: UnitOfWork, row: Row, problem: str) -> None:
    """Notes why a build cannot be made."""
    await _finish(uow, row["id"], domain.FAILED, (), problem)


async def _finish(
    uow: UnitOfWork, key: UUID, status: str, warnings: Sequence[BuildWarning], problem: str | None
) -> None:
    ended = {"new_status": status, "found": list(warnings), "refusal": problem, "by_release": release(), "at": now()}
    await queries.finish(uow.connection, key, **ended)


def removing(store: FileStore) -> Schedule:
    """Every hour, removes the files that no build has any more, and parts that no build has used for long."""

    async def run(uow: UnitOfWork) -> None:
        before = now() - _UNUSED_FOR
        await queries.forget_parts(uow.connection, now() - parts.UNUSED_FOR, parts.MOST_PARTS, parts.MOST_BYTES)
        for digest in await queries.unknown(uow.connection, await store.digests_before(before)):
            await store.remove_before(digest, before)

    return Schedule(timedelta(hours=1), run, catch_up=1)
