"""One type of record: what inserts, updates and transitions have in common. Each leaves an audit entry and a fact."""

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
from shared.records import changes
from shared.records.access_scope import AccessScope
from shared.records.record import Record, private_fields, tracked_fields
from shared.records.store import Beside, insert_record, lock_record, update_record

GuardContext = TypeVar("GuardContext")


@dataclass(frozen=True, slots=True)
class TransitionRequest:
    """A transition that a caller requests. `proposed_by` is who proposed it, where the caller confirms it as the second
    person."""

    action: str
    reason: str | None
    fields: Mapping[str, Any]
    proposed_by: Principal | None = None


@dataclass(frozen=True)
class ResourceType(Generic[GuardContext]):
    """A resource with its table and lifecycle. `tracked` are the columns whose changes stand in the history.
    `is_personal`: each record describes a person, whose erasure takes the values of its history away. `private` are the
    fields that only grants that cover the record are shown."""

    resource: Resource
    table: Table
    lifecycle: Lifecycle[GuardContext]
    tracked: tuple[str, ...]
    is_personal: bool = False
    private: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, record: type[Record], table: Table, lifecycle: Lifecycle[GuardContext], *, is_personal: bool = False
    ) -> "ResourceType[GuardContext]":
        """The type of these records."""
        return cls(record.resource_type, table, lifecycle, tracked_fields(record), is_personal, private_fields(record))

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        return tuple(str(column.key) for column in self.table.c)

    async def insert(
        self, uow: UnitOfWork, values: Mapping[str, Any], *, fact: str = "created", beside: Beside | None = None
    ) -> Row:
        """A new record, with what is looked up `beside`."""
        row = await insert_record(uow, self.table, values, beside)
        self.record_change(uow, "create", None, {name: row[name] for name in self._columns}, fact)
        return row

    async def lock(self, uow: UnitOfWork, record: UUID, version: int | None = None) -> Row:
        """The record, locked until the transaction ends. Raises NotFound, and VersionConflict for another version."""
        row = await lock_record(uow, self.table, record)
        if row is None:
            raise NotFound
        if version is not None and row["version"] != version:
            raise VersionConflict("The record changed in the meantime.")
        return row

    async def update(
        self, uow: UnitOfWork, before: Row, values: Mapping[str, Any], *, reason: str | None = None
    ) -> Row:
        """The record with new values. What does not differ is not written; where nothing does, the version stays."""
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return before
        after = await update_record(uow, self.table, before, changed)
        self.record_change(uow, "update", before, after, "updated", reason)
        return after

    async def apply_transition(
        self,
        uow: UnitOfWork,
        before: Row,
        requested: TransitionRequest,
        guard_context: GuardContext,
        may: Callable[[str], bool],
        effects: Callable[[str], Mapping[str, Any]] = lambda _target: {},
    ) -> Row:
        """The record after a transition. `effects` returns, for the state entered, the further columns that it sets.

        Raises what `Lifecycle.advance` raises, and SecondPersonNeeded for one of two persons that nobody proposed. An
        operation writes nothing before it calls this.
        """
        previous = before.get("previous_status")
        transition, target = self.lifecycle.advance(
            before["status"],
            requested.action,
            guard_context,
            may,
            reason=requested.reason,
            fields=requested.fields,
            previous=previous,
        )
        is_of_two = transition.second_person(guard_context)
        if is_of_two and requested.proposed_by is None:
            await require_second_person(uow.connection, uow.origin.actor, before["status"], requested.fields)
        values: dict[str, Any] = {"status": target, **effects(target)}
        if "previous_status" in self.table.c:
            values["previous_status"] = before["status"] if target == "suspended" else None
        after = await update_record(uow, self.table, before, values)
        both = _both_persons(requested) if is_of_two else ()
        self.record_change(uow, requested.action, before, after, transition.fact or target, requested.reason, more=both)
        return after

    async def apply_scheduled(
        self, uow: UnitOfWork, before: Row, verb: str, values: Mapping[str, Any] | None = None
    ) -> Row:
        """The locked record after a scheduled transition, which nobody requests and no guard refuses. Raises
        NoScheduledTransition where its state has none of this verb."""
        transition = self.lifecycle.scheduled(verb, before["status"])
        after = await update_record(uow, self.table, before, {"status": transition.target, **(values or {})})
        self.record_change(uow, verb, before, after, transition.fact or after["status"])
        return after

    def record_change(
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
        changes.record_change(
            uow,
            self.resource,
            action,
            before=before,
            after=after,
            fields=self.tracked,
            fact=fact,
            reason=reason,
            at=at,
            person=self.person_of(after),
            more=more,
        )

    def person_of(self, row: Mapping[str, Any]) -> UUID | None:
        """Whom the record describes, if it describes a person."""
        return row["id"] if self.is_personal else None


def _both_persons(requested: TransitionRequest) -> tuple[FieldChange, ...]:
    """Who else took part in a transition of two persons: its actor is the other of them."""
    if requested.proposed_by is not None:
        return ({"pointer": "/proposed_by", "before": None, "after": requested.proposed_by.label},)
    return ({"pointer": "/second_person", "before": None, "after": str(named_in(requested.fields))},)


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
