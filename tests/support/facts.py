"""Fact types from their parts, and facts that arrive at membership."""

from uuid import UUID

from services.membership.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.resource import Resource


def type_of(service: str, entity: str, what: str) -> str:
    """The type of a fact about a record: `escm.membership.expert.activated.v1`."""
    return Resource(service, "", entity).fact(what)


async def deliver(database: Database, kind: str, subject: str) -> None:
    """Delivers a fact to membership twice, as its worker receives it."""
    fact = Fact(type=kind, subject=UUID(subject), ref="X", version=9, link="/x")
    for _ in range(2):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[kind](uow, [fact])
