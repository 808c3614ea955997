"""What tests of roles that follow from appointments have in common."""

from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.access.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.principal import Principal, PrincipalKind
from shared.messaging.inbox import Inbox
from tests.support.callers import CALLERS, Caller, person
from tests.support.membership import activated
from tests.support.principals import enter_principal

_INBOX = Inbox("access", REACTIONS)


class Appointing:
    """Experts of Alphaland (XA) with accounts, callers of the service that appoints them, and the reactions of
    access."""

    def __init__(
        self, appoints: Caller, members: Caller, rows: asyncpg.Connection, database: Database, patch: pytest.MonkeyPatch
    ) -> None:
        self.appoints, self.members, self.rows, self.database, self.patch = appoints, members, rows, database, patch

    async def actor(self, known: Principal) -> Caller:
        """A caller with the same grants and rows of its own."""
        owner = uuid4() if known.kind == "key" else None
        actor = replace(known, id=uuid4(), name=f"{known.name} {uuid4().hex}", owner=owner)
        if owner is not None:
            await enter_principal(self.rows, replace(actor, kind=PrincipalKind.ACCOUNT, id=owner))
        await enter_principal(self.rows, actor)
        self.patch.setitem(CALLERS, actor.name, actor)  # type: ignore[arg-type]
        return self.appoints.known_as(actor.name)

    async def expert(self) -> tuple[str, UUID]:
        """An active expert, and the account."""
        expert = str((await activated(self.members, country="XA"))["id"])
        account = CALLERS[(await self.actor(person("appointed"))).name].id
        assert account is not None
        await self.own(expert, account)
        return expert, account

    async def own(self, expert: str, account: UUID | None) -> None:
        await self.rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), account)

    async def react(self, kind: str, subject: str) -> None:
        """Applies the worker's reaction to a fact that is delivered twice."""
        for _ in range(2):
            fact = Fact(type=kind, subject=UUID(subject), ref="X", version=1, link="/x")
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await _INBOX.react(uow, [fact])
