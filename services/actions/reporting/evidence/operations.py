"""Writing files of evidence: one function per verb, and the scheduled purge.

A file is stored before the transaction that inserts its record. The lock of its digest keeps a schedule from removing
it in between.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import structlog

from services.actions.access import ROLES
from services.actions.classification.codes.operations import require_known_codes
from services.actions.reporting.evidence import domain, own, queries
from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.evidence.tables import evidence
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict, Gone, NotFound, Unavailable, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.messaging.outbox import defer_once
from shared.records.access_scope import AccessScope
from shared.records.documents import lock_of
from shared.records.requirements import permitted, require, require_publishing, require_visibility_change
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.storage.objects import ObjectStore
from shared.storage.scanner import Finding

SCAN_JOB = "scan_evidence"
_LOG = structlog.get_logger(__name__)


class EvidenceType(ResourceType[Evidence, domain.EvidenceGuardContext]):
    """Files, whose history is erased with the expert who sent them for a nomination or an offer."""

    def person_of(self, row: Mapping[str, object]) -> UUID | None:
        scope = row["scope_id"] if row["country"] is None else None
        return scope if isinstance(scope, UUID) else None


EVIDENCE = EvidenceType(Evidence.resource_type, Evidence, evidence, domain.LIFECYCLE)


def require_creation(access: AccessScope, new: Evidence) -> None:
    """Raises Forbidden if the caller may not create this record in its country or for its institution, centre or
    expert, or not with its visibility; Invalid `required` without any of these."""
    if new.country is None and new.scope_id is None:
        raise invalid_field("/country", "required", "The country, unless `scope_id` is your own record.")
    require(access, "create", new.country, new.scope_id)
    require_publishing(access, new.visibility, new.country, new.scope_id)


async def require_scope(connection: Connection, principal: Principal, new: Evidence) -> None:
    """Raises Invalid `unknown_reference` for an institution or centre of another country, and what `require_use` raises
    for a file of an expert."""
    if new.country is None:
        await own.require_use(connection, principal, new)
    elif new.scope_id is not None and (
        await queries.country_of_scope(connection, principal, new.scope_id) != new.country
    ):
        raise unknown_reference("/scope_id", "institution or centre in the country")


async def create(uow: UnitOfWork, access: AccessScope, objects: ObjectStore, new: Evidence, *, scans: bool) -> Evidence:
    """Inserts the record of a stored file, which is available at once or, if there is a scanner, after the scan. The
    file that it replaces becomes `superseded`.

    Raises what `require_creation` and `require_scope` raise, Invalid `unknown_reference` for a file that the caller may
    not replace, `unknown_code` for a code that its scheme lacks, Conflict `evidence_not_available` if that file is not
    available, Unavailable if a schedule has just removed an equal file.
    """
    require_creation(access, new)
    if new.country is None:
        await lock_names(uow.connection, f"files of {new.scope_id}")
    await require_scope(uow.connection, access.principal, new)
    await require_known_codes(uow, "codes", new.codes)
    if new.replaces_id is not None:
        await _supersede(uow, access, new.replaces_id, new)
    await lock_names(uow.connection, _lock(new.sha256))
    if not await objects.has(new.sha256):
        raise Unavailable("An equal file was just removed. Send the file again.")
    placed = replace(
        new,
        status="scanning" if scans else "available",
        scan_state=domain.WAITING if scans else domain.NOT_SCANNED,
        integrity_state=domain.NOT_CHECKED,
        is_stored=True,
        search_key=_search_key(new),
    )
    if scans:
        defer_once(uow, "actions", SCAN_JOB, {"evidence": str(placed.id)})
    return await EVIDENCE.insert(uow, placed)


async def _supersede(uow: UnitOfWork, access: AccessScope, replaced: UUID, new: Evidence) -> None:
    unknown = unknown_reference("/replaces_id", "file of the country")
    try:
        before = await EVIDENCE.lock(uow, replaced)
    except NotFound:
        raise unknown from None
    if before.country != new.country or not access.may("update", before.country, before.scope_key):
        raise unknown
    if before.status != "available":
        raise Conflict("The file that is replaced is not available.", code="evidence_not_available")
    await EVIDENCE.apply_scheduled(uow, before, "supersede", replace(before, replaced_by=new.id))


async def update(uow: UnitOfWork, access: AccessScope, before: Evidence, wanted: Evidence) -> Evidence:
    """Updates what is said about the file. Raises Invalid `unknown_code` for a new code that its scheme lacks."""
    require_visibility_change(access, before, wanted)
    if wanted.country is None and wanted.visibility != "restricted":
        raise invalid_field("/visibility", "invalid_value", "A file of an expert is restricted.")
    await require_known_codes(uow, "codes", wanted.codes, before.codes)
    return await EVIDENCE.update(uow, before, replace(wanted, search_key=_search_key(wanted)))


async def transition(uow: UnitOfWork, access: AccessScope, before: Evidence, requested: TransitionRequest) -> Evidence:
    """Applies one transition. Nobody begins to rely on a file while it is withdrawn. Raises what `Lifecycle.advance`
    raises, and SecondPersonNeeded for the withdrawal of a file that is in use."""
    if requested.action == "withdraw":
        await lock_names(uow.connection, lock_of(before.id))
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    return await EVIDENCE.apply_transition(uow, before, requested, guard_context, permitted(access, before))


async def load_guard_context(
    connect: Connect, principal: Principal, record: Evidence, _fields: Fields
) -> domain.EvidenceGuardContext:
    """Loads whether records name the file, and whether this caller may remove it nevertheless."""
    if record.status not in domain.PUBLISHED:
        return domain.EvidenceGuardContext()
    async with connect() as connection:
        is_in_use = await queries.is_in_use(connection, record.id)
    may_override = principal.permission_scope(ROLES, EVIDENCE.resource.name, "override").covers(record.country)
    return domain.EvidenceGuardContext(is_in_use, may_override)


def require_available(record: Evidence) -> None:
    """Raises Gone `purged` or Conflict `evidence_not_available` if the file cannot be read."""
    if record.status == "purged":
        raise Gone("The file was purged.", code="purged")
    if record.status not in domain.PUBLISHED:
        raise Conflict(f"The file cannot be read: it is {record.status}.", code="evidence_not_available")


async def mark_damaged(uow: UnitOfWork, record: Evidence) -> None:
    """Records that the stored file is not the one that was sent."""
    before = await EVIDENCE.lock(uow, record.id)
    if before.integrity_state != domain.DAMAGED:
        wanted = replace(before, integrity_state=domain.DAMAGED, checked_at=now())
        await EVIDENCE.write(uow, "check", before, wanted, fact="updated")


async def record_scan(uow: UnitOfWork, key: UUID, finding: Finding) -> None:
    """Records what the scan of a file found: a clean one becomes available, an infected one is quarantined. Does
    nothing if another scan was faster."""
    before = await EVIDENCE.lock(uow, key)
    if before.scan_state not in domain.UNSCANNED or before.status == "purged":
        return
    wanted = replace(before, scan_state=finding, scanned_at=now())
    if finding is Finding.INFECTED:
        _LOG.error("evidence_infected", evidence=str(key))
        await EVIDENCE.apply_scheduled(uow, before, "fail", wanted)
    elif finding is Finding.CLEAN and before.status == "scanning":
        await EVIDENCE.apply_scheduled(uow, before, "pass", wanted)
    else:
        await queries.mark_scanned(uow.connection, key, finding, now())


async def record_check(uow: UnitOfWork, intact: Sequence[str], damaged: Sequence[str]) -> None:
    """Records which files are intact and which are damaged, by digest. Only a change of this has an audit entry and a
    fact."""
    for digests, state in ((damaged, domain.DAMAGED), (intact, domain.INTACT)):
        is_damaged = state == domain.DAMAGED
        for before in await queries.lock_differing(uow.connection, digests, is_damaged=is_damaged):
            wanted = replace(before, integrity_state=state, checked_at=now())
            await EVIDENCE.write(uow, "check", before, wanted, fact="updated")
    await queries.mark_intact(uow.connection, intact, now())


async def purge(uow: UnitOfWork) -> None:
    """Purges files that were withdrawn or quarantined 90 days ago, and those of experts that no record has named for
    90 days; at most 200 of each. Their keepers are the days until which a file is kept."""
    until, day = now() - domain.RETENTION, today()
    due = await queries.lock_overdue(uow.connection, until, day) + await queries.lock_unused(uow.connection, until, day)
    for before in due:
        await EVIDENCE.apply_scheduled(uow, before, "purge")


async def purge_of(uow: UnitOfWork, expert: UUID) -> int:
    """Purges the files of an expert who is erased, with their titles, except those on which records of others rely.
    Returns their number."""
    count = 0
    for before in await own.lock_of_expert(uow.connection, expert):
        if not await queries.is_in_use(uow.connection, before.id, but=domain.NOMINATIONS):
            emptied = replace(before, title="", file_name="", search_key="")
            await EVIDENCE.apply_scheduled(uow, before, "purge", emptied)
            count += 1
    return count


def removing(objects: ObjectStore) -> Callable[[UnitOfWork], Awaitable[None]]:
    """The scheduled work that removes the files of up to 200 purged records, unless other records have the same."""

    async def remove(uow: UnitOfWork) -> None:
        rows = await queries.lock_removable(uow.connection)
        await remove_unnamed(uow, objects, [row["sha256"] for row in rows])
        await queries.mark_removed(uow.connection, [row["id"] for row in rows])

    return remove


async def remove_unnamed(uow: UnitOfWork, objects: ObjectStore, digests: Sequence[str]) -> int:
    """Removes those of the files that no record names unless it is purged. Returns their number."""
    unnamed = sorted(set(digests) - await queries.still_named(uow.connection, digests))
    await lock_names(uow.connection, *map(_lock, unnamed))
    unnamed = sorted(set(unnamed) - await queries.still_named(uow.connection, unnamed))
    for digest in unnamed:
        await objects.remove(digest)
    return len(unnamed)


def _lock(digest: str) -> str:
    return f"evidence {digest}"


def _search_key(record: Evidence) -> str:
    return search_key(record.title, record.file_name)
