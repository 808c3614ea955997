"""Whether principals verify their own claims. A person or client and all their keys count as one."""

from collections.abc import Collection
from uuid import UUID

from shared.auth.demonstration import acts_alone
from shared.database.unit_of_work import Connect
from shared.kernel.principal import Principal


def with_author(authors: Collection[UUID], principal: Principal) -> list[UUID]:
    """The authors of a claim, with this one added. A key counts as its owner."""
    author = principal.owner or principal.id
    return list(authors) if author is None or author in authors else [*authors, author]


async def is_another(connect: Connect, principal: Principal, authors: Collection[UUID]) -> bool:
    """Whether the principal is none of the authors. The demonstration's secretariat on a laptop counts as another."""
    if set(authors).isdisjoint(principal.identities):
        return True
    async with connect() as connection:
        return await acts_alone(connection, principal)
