"""The second person of a sensitive step: an account that holds secretariat_admin today."""

from uuid import UUID

from sqlalchemy import bindparam, column, select, table

from shared.database.statements import Connection, Statement
from shared.kernel.errors import invalid_field
from shared.kernel.principal import Principal

_GRANTS = table("access_published_grant", column("principal_kind"), column("principal_id"), column("role"))
_ADMINISTRATOR = Statement(
    select(_GRANTS.c.role)
    .where(
        _GRANTS.c.principal_kind == "account",
        _GRANTS.c.principal_id == bindparam("account"),
        _GRANTS.c.role == "secretariat_admin",
    )
    .limit(1)
)


async def second_person_fault(connection: Connection, actor: Principal, named: object) -> str | None:
    """Why the named account does not count as the second person, or None where it does.

    Raises Invalid where `named` is no id.
    """
    if named is None:
        return "second_person_missing"
    try:
        account = UUID(str(named))
    except ValueError:
        raise invalid_field("/fields/second_person", "invalid_value", "The id of an account.") from None
    if account in (actor.id, actor.owner):
        return "second_person_is_the_first"
    holds = await _ADMINISTRATOR.fetchval(connection, account=account)
    return None if holds else "second_person_not_entitled"
