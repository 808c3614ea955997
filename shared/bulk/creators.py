"""Who asked for a job, with the grants that they have now."""

from uuid import UUID

from shared.auth.keys import InvalidToken
from shared.auth.published import PrincipalCache
from shared.database.pool import Database
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Principal, PrincipalKind


async def principal_of(database: Database, label: str) -> Principal:
    """The principal of a label such as `account:0199…`.

    Raises Forbidden where there is no such principal any more: what they asked for is not done in their name.
    """
    kind, _, key = label.partition(":")
    principals = PrincipalCache(database, age=0, bound=1)
    try:
        return (await principals.get(PrincipalKind(kind), UUID(key))).principal
    except (InvalidToken, ValueError):
        raise Forbidden(
            "The principal that ordered this job may not act any more.", members={"reason": "not_permitted"}
        ) from None
