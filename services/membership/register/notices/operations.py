"""Writing notices: they are inserted and never change."""

from dataclasses import replace

from services.membership.register.notices import domain, queries
from services.membership.register.notices.record import Notice
from services.membership.register.notices.tables import notice
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError
from shared.records.access_scope import AccessScope
from shared.records.requirements import require
from shared.records.resource_type import ResourceType

NOTICES: ResourceType[Notice, None] = ResourceType.of(Notice, notice, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Notice) -> Notice:
    """Inserts a notice. Raises Conflict if its purpose has the version already."""
    require(access, "create", None)
    if await queries.is_known(uow.connection, new.purpose, new.notice_version):
        detail = "This version of the text exists."
        raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/notice_version")])
    return await NOTICES.insert(uow, replace(new, status="published", visibility="public"))
