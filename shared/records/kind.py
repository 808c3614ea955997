"""One kind of record: what entering, editing and stepping have in common. Each leaves one audit entry and one fact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table

from shared.audit.entries import FieldChange
from shared.auth.second_person import named_in, require_second_person
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Forbidden, NotFound, VersionConflict
from shared.kernel.lifecycle import Lifecycle
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.changes import record_change
from shared.records.record import Record, private_fields, tracked_fields
from shared.records.store import Beside, insert_record, lock_record, update_record

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a caller asks for. `proposed_by` is who proposed it, where the caller confirms it as the second
    person."""

    action: str
    reason: str | None
    fields: Mapping[str, Any]
    proposed_by: Principal | None = None


@dataclass(frozen=True)
class Kind(Generic[Case]):
    """A resource with its table and lifecycle. `told` are the columns whose changes its history tells. `is_personal`:
    each record describes a person, whose erasure takes the values of its history away. `private` are the fields that
    only grants that cover the record are shown."""

    resource: Resource
    table: Table
    lifecycle: Lifecycle[Case]
    told: tuple[str, ...]
    is_personal: bool = False
    private: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, record: type[Record], table: Table, lifecycle: Lifecycle[Case], *, is_personal: bool = False
    ) -> "Kind[Case]":
        """The kind of these records."""
        return cls(record.resource_type, table, lifecycle, tracked_fields(record), is_personal, private_fields(record))

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        return tuple(str(column.key) for column in self.table.c)

    async def enter(
        self, uow: UnitOfWork, values: Mapping[str, Any], *, fact: str = "created", beside: Beside | None = None
    ) -> Row:
        """A new record, with what is looked up `beside`."""
        row = await insert_record(uow, self.table, values, beside)
        self.tell(uow, "create", None, {name: row[name] for name in self._columns}, fact)
        return row

    async def lock(self, uow: UnitOfWork, record: UUID, version: int | None = None) -> Row:
        """The record, locked until the transaction ends. Raises NotFound, and VersionConflict for another version."""
        row = await lock_record(uow, self.table, record)
        if row is None:
            raise NotFound
        if version is not None and row["version"] != version:
            raise VersionConflict("The record changed in the meantime.")
        return row

    async def edit(self, uow: UnitOfWork, before: Row, values: Mapping[str, Any], *, reason: str | None = None) -> Row:
        """The record with new values. What does not differ is not written; where nothing does, the version stays."""
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return before
        after = await update_record(uow, self.table, before, changed)
        self.tell(uow, "update", before, after, "updated", reason)
        return after

    async def step(
        self,
        uow: UnitOfWork,
        before: Row,
        step: Step,
        case: Case,
        may: Callable[[str], bool],
        effects: Callable[[str], Mapping[str, Any]] = lambda _target: {},
    ) -> Row:
        """The record one step on. `effects` answers, for the state entered, the further columns that the step sets.

        Raises what `Lifecycle.advance` raises, and SecondPersonNeeded for a step of two that nobody proposed. An
        operation writes nothing before it calls this.
        """
        previous = before.get("previous_status")
        transition, target = self.lifecycle.advance(
            before["status"], step.action, case, may, reason=step.reason, fields=step.fields, previous=previous
        )
        is_of_two = transition.second_person(case)
        if is_of_two and step.proposed_by is None:
            await require_second_person(uow.connection, uow.origin.actor, before["status"], step.fields)
        values: dict[str, Any] = {"status": target, **effects(target)}
        if "previous_status" in self.table.c:
            values["previous_status"] = before["status"] if target == "suspended" else None
        after = await update_record(uow, self.table, before, values)
        both = _both_persons(step) if is_of_two else ()
        self.tell(uow, step.action, before, after, transition.fact or target, step.reason, more=both)
        return after

    async def pass_time(self, uow: UnitOfWork, before: Row, verb: str, values: Mapping[str, Any] | None = None) -> Row:
        """The locked record one timed step on, which nobody asks for and no guard holds up. Raises
        NoScheduledStep where its state has no such step."""
        transition = self.lifecycle.scheduled(verb, before["status"])
        after = await update_record(uow, self.table, before, {"status": transition.target, **(values or {})})
        self.tell(uow, verb, before, after, transition.fact or after["status"])
        return after

    def tell(
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
        """The audit entry and the fact of one change."""
        record_change(
            uow,
            self.resource,
            action,
            before=before,
            after=after,
            fields=self.told,
            fact=fact,
            reason=reason,
            at=at,
            person=self.person_of(after),
            more=more,
        )

    def person_of(self, row: Mapping[str, Any]) -> UUID | None:
        """Whom the record describes, if it describes a person."""
        return row["id"] if self.is_personal else None


def _both_persons(step: Step) -> tuple[FieldChange, ...]:
    """Who else took part in a step of two: its actor is the other of them."""
    if step.proposed_by is not None:
        return ({"pointer": "/proposed_by", "before": None, "after": step.proposed_by.label},)
    return ({"pointer": "/second_person", "before": None, "after": str(named_in(step.fields))},)


def permitted(access: AccessScope, row: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether the caller's grants include a verb on this record."""
    return lambda verb: access.may(verb, row["country"], row["id"])


def require(access: AccessScope, verb: str, country: str | None, record: UUID | None = None) -> None:
    """Raises Forbidden where the grants do not include the verb; `country_forbidden` if only the country is wrong."""
    if access.may(verb, country, record):
        return
    elsewhere = record is None and bool(access.principal.permission_scope(access.roles, access.resource.name, verb))
    raise Forbidden(
        "Your grants do not cover this country." if elsewhere else "Your grants do not include this.",
        code="country_forbidden" if elsewhere else None,
        members={"reason": "country_forbidden" if elsewhere else "not_permitted"},
    )


def require_publishing(access: AccessScope, visibility: str, country: str | None, record: UUID | None = None) -> None:
    """Raises Forbidden where the caller may not make a record public."""
    if visibility == "public" and not access.may("publish", country, record):
        raise Forbidden("Your grants do not include publishing.", members={"reason": "publish_not_permitted"})
