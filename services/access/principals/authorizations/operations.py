"""Giving and ending consents. Each writes one audit entry and one fact."""

from dataclasses import replace
from uuid import UUID

from services.access.principals.authorizations import domain, queries
from services.access.principals.authorizations.record import Authorization
from services.access.principals.authorizations.tables import authorization
from services.access.principals.sessions import operations as sessions
from shared.database.unit_of_work import UnitOfWork
from shared.records.resource_type import ResourceType, TransitionRequest

AUTHORIZATIONS: ResourceType[Authorization, None] = ResourceType.of(Authorization, authorization, domain.LIFECYCLE)


async def allow(uow: UnitOfWork, account: UUID, client: UUID, scope: str) -> None:
    """Stores the consent of a person for a client, together with what they consented to before."""
    before = await queries.lock(uow.connection, account, client)
    if before is not None:
        if domain.covers(before.scope, scope):
            return
        await _end(uow, before, "a wider consent")
    new = replace(
        AUTHORIZATIONS.new({}),
        status="active",
        visibility="restricted",
        account_id=account,
        client=client,
        scope=domain.together(before.scope if before else None, scope),
    )
    await AUTHORIZATIONS.insert(uow, new)


async def end(uow: UnitOfWork, account: UUID, chosen: UUID) -> None:
    """Ends a consent of an account, and the sessions of its client; an ended one does not change."""
    before = await queries.lock_one(uow.connection, account, chosen)
    if before is not None:
        await _end(uow, before, None)
        await sessions.end_all_of_client(uow, before.client, account=account, reason="consent ended")


async def _end(uow: UnitOfWork, before: Authorization, reason: str | None) -> None:
    request = TransitionRequest(domain.END, reason, {})
    await AUTHORIZATIONS.apply_transition(uow, before, request, None, lambda _verb: True)
