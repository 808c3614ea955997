"""A record's history, read from its audit entries, newest first."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select, tuple_
from sqlalchemy.sql.selectable import Join

from shared.audit import details
from shared.audit.tables import audit, audit_key
from shared.contracts import views
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.clock import to_text
from shared.kernel.principal import SYSTEM

_actor = and_(views.PRINCIPALS.c.kind == audit.c.actor_kind, views.PRINCIPALS.c.id == audit.c.actor_id)
_NAME = select(views.PRINCIPALS.c.name).where(_actor).scalar_subquery()
LINES = (*audit.c, audit_key.c.salt, _NAME.label("actor_name"))
"""The columns that `line` needs of entries joined with the keys of their details."""


def with_keys() -> Join:
    """Entries with the keys of their details, if they have any."""
    return audit.outerjoin(audit_key, audit_key.c.id == audit.c.detail_key)


def _page(going_on: bool) -> Select[Any]:
    query = select(*LINES).select_from(with_keys()).where(audit.c.subject == bindparam("subject"))
    if going_on:
        place = tuple_(bindparam("version"), bindparam("before"))
        query = query.where(tuple_(audit.c.version, audit.c.id) < place)
    return within_context(query.order_by(audit.c.version.desc(), audit.c.id.desc()).limit(bindparam("limit")))


_PAGES = Shapes(_page)


async def history(
    connection: Connection, context: AccessContext, subject: UUID, *, before: tuple[int, UUID] | None, limit: int
) -> list[Row]:
    """The entries of one record before a version and entry, one more than `limit` if there are more."""
    values = {} if before is None else {"version": before[0], "before": before[1]}
    statement = _PAGES.get(before is not None)
    return await statement.fetch(connection, subject=subject, limit=limit + 1, **values, **context.parameters)


def line(row: Mapping[str, Any], private_history_fields: Collection[str] = ()) -> dict[str, Any]:
    """One entry in a response. Omits changes of `private_history_fields`; the line itself stays, as it does after an
    erasure. The actor's name is the present one, or None if the account or client no longer exists."""
    detail = details.read(row)
    changes = [] if detail is None else detail["changes"]
    shown = {
        "version": row["version"],
        "at": to_text(row["at"]),
        "by": {
            "kind": row["actor_kind"],
            "id": str(row["actor_id"]) if row["actor_id"] else None,
            "name": SYSTEM.name if row["actor_kind"] == SYSTEM.kind else row["actor_name"],
        },
        "action": row["action"],
        "reason": None if detail is None else detail["reason"],
        "from": row["from_status"],
        "to": row["to_status"],
        "changes": [change for change in changes if change["pointer"].split("/")[1] not in private_history_fields],
        "request_id": row["request_id"],
    }
    return shown if detail is not None else {**shown, "erased": True}
