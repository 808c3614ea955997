"""Writing frameworks."""

from dataclasses import replace

from services.actions.plan.frameworks import domain
from services.actions.plan.frameworks.queries import is_known
from services.actions.plan.frameworks.record import Framework
from services.actions.plan.frameworks.tables import framework
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError
from shared.records.access_scope import AccessScope
from shared.records.requirements import require
from shared.records.resource_type import ResourceType

FRAMEWORKS: ResourceType[Framework, None] = ResourceType.of(Framework, framework, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Framework) -> Framework:
    """Inserts a framework. Raises Conflict if its code is taken."""
    require(access, "create", None)
    if await is_known(uow.connection, new.code):
        fault = FieldError("not_unique", "There is a framework of this code.", pointer="/code")
        raise Conflict("There is a framework of this code.", errors=[fault])
    search_key = domain.titles_search_key(new)
    return await FRAMEWORKS.insert(uow, replace(new, status="current", visibility="public", search_key=search_key))


async def update(uow: UnitOfWork, _access: AccessScope, before: Framework, wanted: Framework) -> Framework:
    """Updates the framework; its code cannot change, since programmes refer to it."""
    return await FRAMEWORKS.update(uow, before, replace(wanted, search_key=domain.titles_search_key(wanted)))
