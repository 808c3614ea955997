"""Shows what a centre had before its changes."""

from typing import Any

from services.centres.designation.tenures import queries
from services.centres.designation.tenures.domain import SUBJECTS
from shared.database.statements import Row
from shared.records.access_scope import AccessScope
from shared.web.request.request_context import RequestContext


async def former(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    """The former values of a centre, for grants that cover it."""
    if not access.sees_all_fields(row["country"], row["id"]):
        return {}
    if row["designated_on"] is None:
        return {"former": []}
    async with ctx.connection() as connection:
        rows = await queries.former(connection, access.context, row["id"])
    return {"former": [_shown(one) for one in rows]}


def _shown(row: Row) -> dict[str, Any]:
    values = {name: _as_json(row[name]) for name in SUBJECTS[row["changed"]].columns}
    days = {"from": row["starts"].isoformat(), "to": row["ends"].isoformat()}
    return {**values, **days, "document": row["document"]}


def _as_json(value: object) -> object:
    return value if value is None or isinstance(value, str | dict) else str(value)
