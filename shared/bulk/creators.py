"""The creator of a job, with their present grants."""

from uuid import UUID

from shared.auth.keys import InvalidToken
from shared.auth.published import PrincipalCache
from shared.database.pool import Database
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Principal, PrincipalKind


async def principal_of(database: Database, label: str) -> Principal:
    """The principal of a label such as `account:0199…`.

    Raises Forbidden if this principal no longer exists: nothing is done in its name.
    """
    kind, _, key = label.partition(":")
    principals = PrincipalCache(database, age=0, bound=1)
    try:
        return (await principals.get(PrincipalKind(kind), UUID(key))).principal
    except (InvalidToken, ValueError):
        raise Forbidden(
            "The principal that ordered this job may no longer act.", members={"reason": "not_permitted"}
        ) from None
