"""The common part of the routes of imports and exports."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar

from shared.bulk.exported_list import Exportable
from shared.bulk.importable import IMPORT, Importable
from shared.bulk.imports import (
    LIFECYCLE,
    ImportGuardContext,
    find_import,
    import_kind,
    is_under_way,
    oversees,
)
from shared.database.statements import Row
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden, NotFound, invalid_field
from shared.kernel.principal import Principal, RoleTable
from shared.web.jobs.import_response import present
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import actions, key_of

L = TypeVar("L")


class ImportApi:
    """The imports and exports of one service, and who may use them."""

    def __init__(
        self,
        service: str,
        roles: RoleTable,
        importables: Mapping[str, Importable],
        exportables: Mapping[str, Exportable],
    ) -> None:
        self.service = service
        self.kind = import_kind(service)
        self.roles = roles
        self.importables = importables
        self.exportables = exportables

    def importable(self, name: str) -> Importable:
        """Raises Invalid for a resource that cannot be imported."""
        return self._named(self.importables, name)

    def exportable(self, name: str) -> Exportable:
        """Raises Invalid for a resource that cannot be exported."""
        return self._named(self.exportables, name)

    def _named(self, lists: Mapping[str, L], name: str) -> L:
        found = lists.get(name.removeprefix(f"{self.service}."))
        if found is None:
            raise invalid_field("/resource", "not_one_of", f"One of {', '.join(lists)}.")
        return found

    def require_import(self, principal: Principal, name: str | None) -> None:
        """Raises Forbidden if the principal may not import the resource, or, without a known name, any resource."""
        named = None if name is None else self.importables.get(name.removeprefix(f"{self.service}."))
        asked = self.importables.values() if named is None else (named,)
        if not any(principal.permission_scope(one.roles, one.resource.name, IMPORT) for one in asked):
            raise forbidden()

    def creator_filter(self, ctx: RequestContext) -> str | None:
        """The creator whose imports the caller sees; None for all."""
        return None if oversees(ctx.principal, self.roles, self.kind.resource) else ctx.principal.label

    async def readable(self, record: str, ctx: CurrentContext) -> Row:
        """The import, if it is the caller's own or the caller oversees all."""
        async with ctx.connection() as connection:
            row = await find_import(connection, self.service, key_of(record))
        own = self.creator_filter(ctx)
        if row is None or (own is not None and row["created_by"] != own):
            raise NotFound("There is no such import.")
        return row

    async def guard_context(self, row: Row, ctx: RequestContext) -> ImportGuardContext:
        """The guard context of `undo`."""
        is_too_old = row["created_at"] < now() - timedelta(days=ctx.settings.undo_days)
        async with ctx.connection() as connection:
            return ImportGuardContext(row["mode"] == "dry_run", await is_under_way(connection, row), is_too_old)

    def may(self, row: Row, ctx: RequestContext) -> Any:
        """Whether the caller may undo the import: they may import its resource."""
        importable = self.importables[row["resource"]]
        allowed = bool(ctx.principal.permission_scope(self.roles, importable.resource.name, IMPORT))
        return lambda _verb: allowed

    async def shown(self, row: Row, ctx: RequestContext) -> dict[str, Any]:
        """The import as an item response."""
        available_actions = LIFECYCLE.available_actions(
            row["status"], await self.guard_context(row, ctx), self.may(row, ctx)
        )
        return {**present(row), "allowed_actions": actions(available_actions)}


def forbidden() -> Forbidden:
    return Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
