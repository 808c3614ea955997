"""One type of record: its inserts, updates and transitions, each with an audit entry and a fact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table

from shared.audit.entries import FieldChange
from shared.auth.second_person import named_in, require_second_person
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import NotFound, VersionConflict
from shared.kernel.lifecycle import Fields, Lifecycle
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records import changes
from shared.records.access_scope import AccessScope
from shared.records.record import Record, Searched, fields_with, private_fields, tracked_fields
from shared.records.requirements import permitted
from shared.records.rows import columns_of, differing, new_record, record_of, search_columns
from shared.records.store import InsertLookup, as_inserted, insert_record, lock_record, update_alike, update_record

R = TypeVar("R", bound=Record)
GuardContext = TypeVar("GuardContext")
SHOWN_ONCE = "shown once"
"""In the scratch of a unit of work: the secret that a transition made, for its response alone."""


@dataclass(frozen=True, slots=True)
class TransitionRequest:
    """A transition that a caller requests. `proposed_by` is who proposed it, if the caller confirms it as the second
    person."""

    action: str
    reason: str | None
    fields: Fields
    proposed_by: Principal | None = None


@dataclass(frozen=True, slots=True)
class Inserted(Generic[R]):
    """An inserted record, its row as reads select it, and the results of the insert's lookup."""

    record: R
    row: Mapping[str, Any]
    found: Any


@dataclass(frozen=True)
class ResourceType(Generic[R, GuardContext]):
    """A resource with its records, table and lifecycle. `is_personal`: each record describes a person, whose erasure
    deletes the values in its history."""

    resource: Resource
    record: type[R]
    table: Table
    lifecycle: Lifecycle[GuardContext]
    is_personal: bool = False

    @classmethod
    def of(
        cls, record: type[R], table: Table, lifecycle: Lifecycle[GuardContext], *, is_personal: bool = False
    ) -> "ResourceType[R, GuardContext]":
        """The type of these records."""
        return cls(record.resource_type, record, table, lifecycle, is_personal)

    @cached_property
    def tracked(self) -> tuple[str, ...]:
        """The fields whose changes the history shows."""
        return tracked_fields(self.record)

    @cached_property
    def searched(self) -> frozenset[str]:
        """The fields that the parameter `q` finds."""
        return frozenset(fields_with(self.record, Searched))

    @cached_property
    def private(self) -> frozenset[str]:
        """The fields visible only to grants that cover the record."""
        return private_fields(self.record)

    def new(self, columns: Mapping[str, Any]) -> R:
        """A record that is not inserted yet. Missing fields are None, or not set if they are required."""
        return new_record(self.record, columns)

    async def insert(self, uow: UnitOfWork, new: R, *, fact: str = "created", reason: str | None = None) -> R:
        """Inserts and returns the new record."""
        record = record_of(self.record, await insert_record(uow, self.table, _insertable(new)))
        self.record_change(uow, "create", None, record, fact, reason)
        return record

    async def insert_with(self, uow: UnitOfWork, new: R, lookup: InsertLookup) -> Inserted[R]:
        """Inserts the new record; returns it with the results of the lookup."""
        row = await insert_record(uow, self.table, _insertable(new), lookup)
        record = record_of(self.record, row)
        self.record_change(uow, "create", None, record, "created")
        return Inserted(record, as_inserted(row), row[lookup.column.name])

    async def lock(self, uow: UnitOfWork, record: UUID, version: int | None = None) -> R:
        """The record, locked until the transaction ends. Raises NotFound, and VersionConflict for another version."""
        row = await lock_record(uow, self.table, record)
        if row is None:
            raise NotFound
        if version is not None and row["version"] != version:
            raise VersionConflict("The record changed in the meantime.")
        return record_of(self.record, row)

    async def update(self, uow: UnitOfWork, before: R, wanted: R, *, reason: str | None = None) -> R:
        """The record with the requested changes. Without a difference nothing is written and the version stays."""
        changed = differing(before, wanted)
        return await self._write(uow, "update", before, changed, "updated", reason) if changed else before

    async def write(
        self, uow: UnitOfWork, action: str, before: R, wanted: R, *, fact: str, reason: str | None = None
    ) -> R:
        """The record with the wanted values, at the next version even without a difference. For changes that are
        neither an update nor a transition and have no guard; `action` names them in the history."""
        return await self._write(uow, action, before, differing(before, wanted), fact, reason)

    async def write_aside(self, uow: UnitOfWork, action: str, before: R, wanted: R, *, fact: str) -> R:
        """Like `write` for wanted values that differ, at the same version with the same time and author, so that some
        of its readers do not learn of the change."""
        return await self._write(uow, action, before, differing(before, wanted), fact, is_aside=True)

    async def write_alike(
        self, uow: UnitOfWork, action: str, before: Sequence[R], changed: Mapping[str, Any], *, fact: str
    ) -> list[R]:
        """Locked records with the same new values, each at its next version and with its own fact, in their order: one
        statement for what a schedule changes on many."""
        if not before:
            return []
        rows = await update_alike(uow, self.table, (one.id for one in before), changed)
        after = [record_of(self.record, rows[one.id]) for one in before]
        for was, became in zip(before, after, strict=True):
            self.record_change(uow, action, was, became, fact)
        return after

    async def _write(
        self,
        uow: UnitOfWork,
        action: str,
        before: R,
        changed: Mapping[str, Any],
        fact: str | None,
        reason: str | None = None,
        more: tuple[FieldChange, ...] = (),
        *,
        is_aside: bool = False,
    ) -> R:
        """Without `fact`, the fact has the name of the new state. `status_since` is when the record entered its state,
        or None if it was created in it."""
        if changed.get("status", before.status) != before.status and "status_since" in self.table.c:
            changed = {**changed, "status_since": now()}
        if not self.searched.isdisjoint(changed):
            changed = {**changed, **search_columns(self.record, {**columns_of(before), **changed})}
        row = await update_record(uow, self.table, before.id, before.version, changed, is_aside=is_aside)
        after = record_of(self.record, row)
        self.record_change(uow, action, before, after, fact or after.status, reason, more)
        return after

    async def apply_transition(
        self,
        uow: UnitOfWork,
        before: R,
        requested: TransitionRequest,
        guard_context: GuardContext,
        may: Callable[[str], bool],
        effects: Callable[[str], R] | None = None,
        fact: str | None = None,
        *,
        is_aside: bool = False,
    ) -> R:
        """The record after a transition. `effects` returns, for the new state, the record with further changes. `fact`
        announces it instead of the transition's own fact. `is_aside`: as `write_aside` says. A transition with the
        field `visibility` sets who sees the record.

        Raises what `Lifecycle.advance` raises, and SecondPersonNeeded for an unproposed transition of two persons. An
        operation writes nothing before it calls this.
        """
        previous = getattr(before, "previous_status", None)
        transition, target = self.lifecycle.advance(
            before.status,
            requested.action,
            guard_context,
            may,
            reason=requested.reason,
            fields=requested.fields,
            previous=previous,
        )
        target = transition.chosen(target, requested.fields)
        is_of_two = transition.second_person(guard_context)
        if is_of_two and requested.proposed_by is None:
            await require_second_person(uow.connection, uow.origin.actor, before.status, requested.fields)
        changed = {**differing(before, effects(target) if effects else before), "status": target}
        if "visibility" in transition.fields:
            changed["visibility"] = requested.fields.get("visibility") or _audience_of(before)
        if "previous_status" in self.table.c and target != before.status:
            remembered = before.status if target in self.lifecycle.remembering else None
            changed["previous_status"] = changed.get("previous_status") if transition.target is None else remembered
        both = _both_persons(requested) if is_of_two else ()
        return await self._write(
            uow, requested.action, before, changed, fact or transition.fact, requested.reason, both, is_aside=is_aside
        )

    async def transition(self, uow: UnitOfWork, access: AccessScope, before: R, requested: TransitionRequest) -> R:
        """Applies one transition of a lifecycle without guards. Raises what `Lifecycle.advance` raises."""
        unguarded: Any = None
        return await self.apply_transition(uow, before, requested, unguarded, permitted(access, before))

    async def apply_scheduled(self, uow: UnitOfWork, before: R, verb: str, wanted: R | None = None) -> R:
        """The locked record after a scheduled transition, which has no caller and no guard; `wanted` has further
        changes. Raises NoScheduledTransition if its state has none of this verb."""
        transition = self.lifecycle.scheduled(verb, before.status)
        changed = {**differing(before, wanted or before), "status": transition.target}
        return await self._write(uow, verb, before, changed, transition.fact)

    def record_change(
        self,
        uow: UnitOfWork,
        action: str,
        before: R | None,
        after: R,
        fact: str,
        reason: str | None = None,
        more: tuple[FieldChange, ...] = (),
    ) -> None:
        """Adds the audit entry and the fact of one change."""
        became = columns_of(after)
        was = became if before is after else None if before is None else columns_of(before)
        self.record_row_change(uow, action, was, became, fact, reason, more=more)

    def record_row_change(
        self,
        uow: UnitOfWork,
        action: str,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        fact: str,
        reason: str | None = None,
        at: datetime | None = None,
        more: tuple[FieldChange, ...] = (),
    ) -> None:
        """Like `record_change`, from the columns of a record, for bulk writes. `at` is the time of the change, by
        default now."""
        if self.record.principal_column is not None:
            uow.principals.add(after[self.record.principal_column])
        changes.record_change(
            uow,
            self.resource,
            action,
            before=before,
            after=after,
            fields=self.tracked,
            fact=fact,
            reason=reason,
            link=self.record.address_of(self.resource, after),
            at=at,
            person=self.person_of(after),
            more=more,
        )

    def person_of(self, row: Mapping[str, Any]) -> UUID | None:
        """The person that the record describes, if any."""
        return row[self.record.scope_column] if self.is_personal else None


def _insertable(new: Record) -> dict[str, Any]:
    """The columns of a new record, without its ref, which the database generates."""
    columns = {name: value for name, value in columns_of(new).items() if name != "ref"}
    return columns | search_columns(type(new), columns)


def _both_persons(requested: TransitionRequest) -> tuple[FieldChange, ...]:
    """The change that names the other person of a transition of two persons; the actor is one of them."""
    if requested.proposed_by is not None:
        return ({"pointer": "/proposed_by", "before": None, "after": requested.proposed_by.label},)
    return ({"pointer": "/second_person", "before": None, "after": str(named_in(requested.fields))},)


def _audience_of(record: Record) -> str:
    """Who sees a record once it is published, unless the step says otherwise: everybody, except for what was set to
    `restricted` before."""
    return "restricted" if record.visibility == "restricted" else "public"
