"""Reading API clients."""

from sqlalchemy import bindparam, select

from services.access.clients.tables import client
from shared.database.statements import Connection, Row, Statement

_FOR_TOKEN = Statement(
    select(
        *(client.c[name] for name in ("id", "client_id", "secrets", "jwks", "ip_allow", "resources", "verbs"))
    ).where(client.c.client_id == bindparam("client_id"), client.c.status == "active")
)


async def for_token(connection: Connection, client_id: str) -> Row | None:
    """What the active client of this name proves itself with, and what its tokens may be used for."""
    return await _FOR_TOKEN.fetchrow(connection, client_id=client_id)
