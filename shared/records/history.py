"""A record's history, read from its audit entries, newest first."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, select

from shared.audit.tables import audit
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.clock import to_text


def _page(going_on: bool) -> Any:
    query = select(audit).where(audit.c.subject == bindparam("subject"))
    if going_on:
        query = query.where(audit.c.id < bindparam("before"))
    return within_context(query.order_by(audit.c.id.desc()).limit(bindparam("limit")))


_PAGES = Shapes(_page)


async def history(
    connection: Connection, context: AccessContext, subject: UUID, *, before: int | None, limit: int
) -> list[Row]:
    """The entries of one record below position `before`, one more than `limit` when there are more."""
    values = {"before": before} if before is not None else {}
    statement = _PAGES.get(before is not None)
    return await statement.fetch(connection, subject=subject, limit=limit + 1, **values, **context.parameters)


def line(row: Mapping[str, Any], hidden: Collection[str] = ()) -> dict[str, Any]:
    """One entry as it is told. Changes of fields in `hidden` are left out; the line stays."""
    detail = orjson.loads(row["detail"])
    return {
        "version": row["version"],
        "at": to_text(row["at"]),
        "by": {
            "kind": row["actor_kind"],
            "id": str(row["actor_id"]) if row["actor_id"] else None,
            "name": detail["by"],
        },
        "action": row["action"],
        "reason": detail["reason"],
        "from": row["from_status"],
        "to": row["to_status"],
        "changes": [change for change in detail["changes"] if change["pointer"].split("/")[1] not in hidden],
        "request_id": row["request_id"],
    }
