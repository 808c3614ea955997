"""Closing one's own account: all that it holds ends; the records about its person remain."""

from services.access.authority.grants import operations as grants
from services.access.federation.identities import operations as identities
from services.access.notifying.webhooks import operations as webhooks
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts.record import Account
from services.access.principals.api_keys import operations as api_keys
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.records.resource_type import TransitionRequest


async def transition(uow: UnitOfWork, access: AccessScope, before: Account, requested: TransitionRequest) -> Account:
    """Applies one transition. Closing an account ends its grants and API keys. Raises what `Lifecycle.advance`
    raises."""
    after = await accounts.transition(uow, access, before, requested)
    if after.status == "closed":
        await grants.revoke_all(uow, after.id, "account closed")
        await api_keys.revoke_all(uow, after.id, "account closed")
        await identities.unlink_all(uow, after.id, "account closed")
        await webhooks.end_all(uow, after.id)
    return after
