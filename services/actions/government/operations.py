"""Writing government bodies, focal points and meetings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.actions.government import domain
from services.actions.government.queries import require_body
from services.actions.government.record import FocalPoint, GovernmentBody, Meeting
from services.actions.government.tables import focal_point, government_body, meeting
from services.actions.references import require_expert
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require, require_publishing

BODIES: ResourceType[GovernmentBody, None] = ResourceType.of(GovernmentBody, government_body, domain.BODY)
_EXPERT_POINTER = "/person/expert_id"
FOCAL_POINTS: ResourceType[FocalPoint, None] = ResourceType.of(FocalPoint, focal_point, domain.FOCAL_POINT)
MEETINGS: ResourceType[Meeting, None] = ResourceType.of(Meeting, meeting, domain.MEETING)


def _body_key(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"search_key": domain.names_search_key(values["names"])}


def _person_key(values: Mapping[str, Any]) -> dict[str, Any]:
    person = values["person"]
    return {
        "expert_id": person.get("expert_id"),
        "search_key": domain.names_search_key({}, [person.get("name") or "", values["role"] or ""]),
    }


def _meeting_key(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"search_key": domain.names_search_key(values["titles"])}


def _expert_of(values: Mapping[str, Any]) -> UUID | None:
    """The expert that a focal point names; None for a body or a meeting, which name none."""
    named = values["person"].get("expert_id") if "person" in values else None
    return None if named is None else UUID(str(named))


@dataclass(frozen=True)
class Writing:
    """How one of the three is entered and changed. `derive` gives the columns that follow from the written ones."""

    kind: ResourceType[Any, None]
    status: str
    derive: Callable[[Mapping[str, Any]], dict[str, Any]]

    async def insert(self, uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
        """A new record. Raises Invalid for a body or an expert that is not known."""
        require(access, "create", values["country"])
        require_publishing(access, values["visibility"], values["country"])
        await require_expert(uow.connection, access.principal, _EXPERT_POINTER, _expert_of(values))
        await require_body(uow.connection, access, "body_id", values.get("body_id"), values["country"])
        return await self.kind.insert(uow, {**values, "status": self.status, **self.derive(values)})

    async def update(self, uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
        """The record with new values; its country stays. Raises Invalid for a body or an expert that is not known."""
        before = await self.kind.lock(uow, seen["id"], seen["version"])
        if values["visibility"] != before["visibility"]:
            require_publishing(access, values["visibility"], before["country"], before["id"])
        if "body_id" in values and values["body_id"] != before["body_id"]:
            await require_body(uow.connection, access, "body_id", values["body_id"], before["country"])
        if (expert := _expert_of(values)) != _expert_of(before):
            await require_expert(uow.connection, access.principal, _EXPERT_POINTER, expert)
        return await self.kind.update(uow, before, {**values, **self.derive(values)})

    async def transition(self, uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
        """One step of the lifecycle. Raises what `Lifecycle.advance` raises."""
        before = await self.kind.lock(uow, seen["id"], seen["version"])
        return await self.kind.apply_transition(
            uow, before, requested, None, permitted(access, before), lambda target: _effects(before, requested, target)
        )


WRITE_BODY = Writing(BODIES, "active", _body_key)
WRITE_FOCAL_POINT = Writing(FOCAL_POINTS, "nominated", _person_key)
WRITE_MEETING = Writing(MEETINGS, "held", _meeting_key)


def _effects(before: Row, requested: TransitionRequest, target: str) -> dict[str, Any]:
    """The days of a focal point. Raises Invalid for an overlap of more than 60 days."""
    if target == "active":
        return {"starts": before["starts"] or today()}
    if target == "handing_over":
        until = requested.fields.get("until") or today() + domain.LONGEST_OVERLAP
        if not domain.is_overlap(until, today()):
            raise invalid_field("/fields/until", "invalid_date", "Not in the past, and at most 60 days from today.")
        return {"ends": max(until, before["starts"])}
    return {"ends": max(today(), before["starts"])}


async def no_guard_context(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> None:
    """None of the three has guards."""
