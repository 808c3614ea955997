"""Closing one's own account: all that it holds ends; the records about its person remain."""

from services.access.accounts import operations as accounts
from services.access.accounts.record import Account
from services.access.api_keys import operations as api_keys
from services.access.grants import operations as grants
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
    return after
