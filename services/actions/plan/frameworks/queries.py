"""Reading frameworks, which everybody may read."""

from datetime import date

from sqlalchemy import Date, bindparam, or_, select

from services.actions.plan.frameworks import domain
from services.actions.plan.frameworks.record import Framework
from services.actions.plan.frameworks.tables import framework
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessScope
from shared.records.listing import values
from shared.records.plain import by_itself, listing

LISTING = listing(
    Framework,
    framework,
    domain.LIFECYCLE.states,
    by_itself(framework, domain.PUBLISHED),
    values("code", framework.c.code, "Codes, such as 3+1/2026"),
)
_KNOWN = Statement(select(framework.c.id).where(framework.c.code == bindparam("code")))

_day = bindparam("day", type_=Date)
_VALID = Statement(
    select(framework.c.id).where(
        framework.c.code == bindparam("code"),
        framework.c.valid_from <= _day,
        or_(framework.c.valid_to.is_(None), framework.c.valid_to >= _day),
    )
)


async def by_code(connection: Connection, access: AccessScope, code: str) -> Row | None:
    """The framework with this code, with the columns of every read."""
    found = await _KNOWN.fetchval(connection, code=code)
    return await LISTING.get(connection, access, found) if found else None


async def is_known(connection: Connection, code: str) -> bool:
    """Whether a framework has this code."""
    return await _KNOWN.fetchval(connection, code=code) is not None


async def is_valid(connection: Connection, code: str, day: date) -> bool:
    """Whether the framework with this code is valid on a day."""
    return await _VALID.fetchval(connection, code=code, day=day) is not None
