"""Writing frameworks."""

from collections.abc import Mapping
from typing import Any

from services.actions.frameworks import domain
from services.actions.frameworks.queries import is_known
from services.actions.frameworks.record import Framework
from services.actions.frameworks.tables import framework
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, FieldError
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

FRAMEWORKS: ResourceType[Framework, None] = ResourceType.of(Framework, framework, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A new framework. Raises Conflict where its code is taken."""
    require(access, "create", None)
    if await is_known(uow.connection, values["code"]):
        fault = FieldError("not_unique", "There is a framework of this code.", pointer="/code")
        raise Conflict("There is a framework of this code.", errors=[fault])
    place = {"status": "current", "visibility": "public", "country": None}
    return await FRAMEWORKS.insert(uow, {**values, **place, **_key(values["code"], values)})


async def update(uow: UnitOfWork, _access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The framework with new values; its code stays, since programmes name it."""
    before = await FRAMEWORKS.lock(uow, seen["id"], seen["version"])
    return await FRAMEWORKS.update(uow, before, {**values, **_key(before["code"], values)})


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """Raises Invalid: a framework takes no steps."""
    before = await FRAMEWORKS.lock(uow, seen["id"], seen["version"])
    return await FRAMEWORKS.apply_transition(uow, before, requested, None, permitted(access, before))


async def load_guard_context(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> None:
    """Frameworks have no guards."""


def _key(code: str, values: Mapping[str, Any]) -> dict[str, str]:
    return {"search_key": domain.names_search_key(code, values["core"], values["pillars"])}
