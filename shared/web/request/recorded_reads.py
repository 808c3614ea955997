"""Records in the audit trail who read data about people: what, by which filters, how many rows, with which digest."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from shared.contracts.personal import processing
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.principal import READ
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope
from shared.records.accesses import record_access
from shared.web.request.request_context import RequestContext

_CODE = re.compile(r"[A-Za-z0-9_,.:+-]{0,200}")
_FREE = frozenset({"q"})
_LEFT_OUT = "…"


@cache
def _personal() -> frozenset[str]:
    """The resources with data about people, as `membership.experts`."""
    return frozenset(f"{one.service}.{one.resource}" for one in processing() if one.resource is not None)


def is_recorded(access: AccessScope) -> bool:
    """Whether reading a whole list is recorded: one with data about people, by somebody who sees more than the
    public."""
    return access.resource.name in _personal() and bool(access.read)


async def record_read(
    ctx: RequestContext,
    resource: Resource,
    subject: UUID,
    *,
    filters: Mapping[str, Any],
    fields: Sequence[str],
    rows: int | None,
    digest: str,
    country: str | None = None,
    **more: Any,
) -> None:
    """Appends the entry in a transaction of its own. `rows` are None for a file, `fields` are empty for all. A filter
    that may name a person is stored without its value."""
    details = {"filters": _shown(filters), "fields": list(fields), "rows": rows, "digest": digest, **more}
    async with unit_of_work(ctx.database, SYSTEM_CONTEXT, ctx.origin) as uow:
        record_access(uow, resource, READ, subject, details, country=country)
    ctx.request.app.state.notifier.notify(uow.principals)


def _shown(filters: Mapping[str, Any]) -> dict[str, str]:
    texts = {
        name: ",".join(map(str, given)) if isinstance(given, list | tuple | set | frozenset) else str(given)
        for name, given in filters.items()
    }
    return {name: text if name not in _FREE and _CODE.fullmatch(text) else _LEFT_OUT for name, text in texts.items()}
