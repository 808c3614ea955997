"""Finds the accounts and clients that the focal points of a country made, and suspends them for the system."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, bindparam, func, select

from services.access.made_by_country import MadeByCountry
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import constant
from shared.records.resource_type import ResourceType
from shared.records.rows import records_of

R = TypeVar("R", bound=MadeByCountry)


class Made(Generic[R]):
    """What the focal points of a country made. `ended` is the state that does not count, `usable` are the states that
    a suspension leaves."""

    def __init__(self, record: type[R], table: Table, *, ended: str, usable: Collection[str]) -> None:
        self._record = record
        made = (table.c.country == bindparam("country"), table.c.made_by_country)
        is_usable = table.c.status.in_([constant(status) for status in sorted(usable)])
        self._count = Statement(select(func.count()).select_from(table).where(*made, table.c.status != constant(ended)))
        self._lock = Statement(select(table).where(*made, is_usable).order_by(table.c.id).with_for_update())

    async def count(self, connection: Connection, country: str | None) -> int:
        """How many there are that have not ended."""
        found: int = await self._count.fetchval(connection, country=country)
        return found

    async def lock(self, connection: Connection, country: str) -> list[R]:
        """The usable ones, locked."""
        return records_of(self._record, await self._lock.fetch(connection, country=country))


async def suspend(
    uow: UnitOfWork, kind: ResourceType[Any, Any], before: MadeByCountry, reason: str, by: str = "system"
) -> None:
    """Suspends a locked record without a permission check, for the system itself. `by`: who may reinstate it, as
    `suspended_by` says."""
    suspended = replace(before, status="suspended", suspended_by=by, previous_status=before.status)
    await kind.write(uow, "suspend", before, suspended, fact="suspended", reason=reason)
