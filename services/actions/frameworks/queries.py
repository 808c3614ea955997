"""Reading frameworks, which everybody may."""

from sqlalchemy import bindparam, select

from services.actions.frameworks import domain
from services.actions.frameworks.tables import framework
from shared.database.statements import Connection, Row, Statement
from shared.records.listing import values
from shared.records.plain import by_itself, listing
from shared.records.sight import Sight

FRAMEWORKS = listing(
    framework,
    domain.LIFECYCLE.states,
    by_itself(framework, domain.PUBLISHED),
    values("code", framework.c.code, "Codes, such as 3+1/2026"),
)
_KNOWN = Statement(select(framework.c.id).where(framework.c.code == bindparam("code")))


async def by_code(connection: Connection, sight: Sight, code: str) -> Row | None:
    """The framework of this code, as reads select it."""
    found = await _KNOWN.fetchval(connection, code=code)
    return await FRAMEWORKS.get(connection, sight, found) if found else None


async def is_known(connection: Connection, code: str) -> bool:
    """Whether there is a framework of this code."""
    return await _KNOWN.fetchval(connection, code=code) is not None
