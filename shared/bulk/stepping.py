"""Bulk transitions: a job that applies one transition to each of up to 500 records, each in its own transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from shared.bulk.creators import principal_of
from shared.database.statements import Row
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.kernel.errors import Conflict, ErrorCategory, EscmError, Gone, Invalid, NotFound
from shared.kernel.principal import RoleTable
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.listing import Listing
from shared.records.record import Record
from shared.records.requirements import require
from shared.records.resource_type import ResourceType, TransitionRequest

STEP_JOB = "bulk_transitions"
MOST = 500
_PROGRESS_EVERY = 10
_PROBLEM_MEMBERS = ("reason", "current_state", "winner")
_DELETE_REASON = "UPDATE core_job SET payload = payload - 'reason' WHERE id = $1"
"""A reason may name people, and jobs are stored for months."""
_TRIED_AGAIN = (ErrorCategory.INTERNAL, ErrorCategory.UNAVAILABLE, ErrorCategory.RATE_LIMITED)
Operation: TypeAlias = Callable[[UnitOfWork, AccessScope, Any, TransitionRequest], Awaitable[Record]]


@dataclass(frozen=True)
class Steppable:
    """A resource that accepts bulk transitions. `take` performs a transition; `operations` are those outside the
    lifecycle, each with the permission that it needs."""

    kind: ResourceType[Any, Any]
    roles: RoleTable
    listing: Listing
    take: Operation
    operations: Mapping[str, tuple[str, Operation]] = field(default_factory=dict)

    def verb_of(self, requested: TransitionRequest) -> str:
        """The permission that the transition needs. Raises Invalid if no record in any state could take it."""
        if requested.action in self.operations:
            if requested.fields:
                raise Invalid(f"{requested.action} takes no fields.")
            return self.operations[requested.action][0]
        self.kind.lifecycle.check(requested.action, requested.reason, requested.fields)
        return requested.action

    def operation_of(self, requested: TransitionRequest) -> Operation:
        return self.operations[requested.action][1] if requested.action in self.operations else self.take


def order_steps(
    uow: UnitOfWork, steppable: Steppable, requested: TransitionRequest, items: Sequence[tuple[UUID, int]]
) -> UUID:
    """Enqueues the transitions and returns the job's id. `items` are unique ids with the versions that the caller
    saw."""
    payload = {
        "resource": steppable.kind.resource.plural,
        "action": requested.action,
        "reason": requested.reason,
        "fields": dict(requested.fields),
        "items": [[str(record), version] for record, version in items],
    }
    return defer(uow, steppable.kind.resource.service, STEP_JOB, payload, created_by=uow.origin.actor.label)


class StepJobs:
    """The jobs of one service; `steppables` by the names of the collections."""

    def __init__(self, steppables: Mapping[str, Steppable]) -> None:
        self._steppables = steppables

    @property
    def handlers(self) -> JobHandlers:
        """The handlers by kind of job."""
        return {STEP_JOB: self._run}

    async def _run(self, run: JobRun) -> dict[str, Any]:
        """The outcome of each item, in order. Skips what an earlier attempt committed. Retries what it refused, because
        no caller received that outcome."""
        asked = run.payload
        principal = await principal_of(run.database, run.created_by)
        steppable = self._steppables[asked["resource"]]
        access = access_scope_for(principal, steppable.roles, steppable.kind.resource)
        one = _OneByOne(run, steppable, access, TransitionRequest(asked["action"], asked["reason"], asked["fields"]))
        items, outcomes = asked["items"], []
        for place, (record, version) in enumerate(items):
            if place % _PROGRESS_EVERY == 0:
                await run.progress(place, len(items))
            if run.cancelled:
                break
            outcomes.append(await one.outcome(UUID(record), version))
        await run.progress(len(outcomes), len(items))
        async with run.unit_of_work() as uow:
            await uow.connection.execute(_DELETE_REASON, run.id)
        if len(outcomes) < len(items):
            raise JobCancelled
        return {"items": outcomes}


@dataclass(frozen=True, slots=True)
class _OneByOne:
    run: JobRun
    steppable: Steppable
    access: AccessScope
    requested: TransitionRequest

    async def outcome(self, record: UUID, version: int) -> dict[str, Any]:
        """The outcome for one record: its state, or the problem if the transition was refused."""
        status: str | None = None
        origin = Origin(self.access.principal, str(self.run.id))
        try:
            async with self.run.unit_of_work(self.access.context, origin) as uow:
                seen = await self.steppable.listing.get(uow.connection, self.access, record)
                status = seen["status"] if seen else None
                if await self.run.once(uow, str(record)):
                    status = (await self._take(uow, seen, version)).status
        except EscmError as error:
            if error.kind in _TRIED_AGAIN:
                raise
            return {"id": str(record), "status": status, "problem": _problem(error)}
        return {"id": str(record), "status": status, "problem": None}

    async def _take(self, uow: UnitOfWork, seen: Row | None, version: int) -> Record:
        if seen is None:
            raise NotFound(f"There is no such {self.steppable.kind.resource.entity}.")
        if seen.get("erased_at") is not None:
            raise Gone("This record was erased.", code="erased")
        if seen.get("merged_into") is not None:
            raise Conflict("This record was merged into another.", members={"winner": str(seen["merged_into"])})
        if self.requested.action in self.steppable.operations:
            require(self.access, "update", seen["country"], seen["id"])
        before = await self.steppable.kind.lock(uow, seen["id"], version)
        return await self.steppable.operation_of(self.requested)(uow, self.access, before, self.requested)


def _problem(error: EscmError) -> dict[str, Any]:
    recorded: dict[str, Any] = {name: error.members[name] for name in _PROBLEM_MEMBERS if name in error.members}
    errors = [{"pointer": one.pointer, "code": one.code, "detail": one.detail} for one in error.errors]
    return {"type": f"/problems/{error.code}", "code": error.code, "detail": error.detail, "errors": errors, **recorded}
