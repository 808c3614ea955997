"""Self-registered accounts that hold nothing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, Text, bindparam, cast, delete, exists, select

from services.access.authority.grants.tables import grant
from services.access.federation.identities.tables import identity
from services.access.notifying.notifications.tables import notification
from services.access.principals.accounts.credentials import credential_change
from services.access.principals.accounts.record import Account
from services.access.principals.accounts.tables import account
from services.access.principals.api_keys.tables import api_key
from services.access.principals.authorizations.tables import authorization
from services.access.principals.sessions.tables import session
from services.access.self_service.account_mail.tables import account_token
from shared.contracts import views
from shared.database.statements import Connection, Statement
from shared.records.rows import records_of

_UNUSED = Statement(
    select(account)
    .where(
        account.c.created_by == "account:" + cast(account.c.id, Text),
        account.c.created_at < bindparam("before"),
        ~exists().where(grant.c.principal_kind == "account", grant.c.principal_id == account.c.id),
        ~exists().where(grant.c.second_person == account.c.id),
        ~exists().where(api_key.c.owner_kind == "account", api_key.c.owner_id == account.c.id),
        ~exists().where(views.EXPERTS.c.account_id == account.c.id),
    )
    .order_by(account.c.created_at)
    .limit(200)
    .with_for_update(skip_locked=True, of=account)
)
_OF_ACCOUNT: BindParameter[UUID] = bindparam("account")
_DELETE = tuple(
    map(
        Statement,
        (
            delete(notification).where(notification.c.account_id == _OF_ACCOUNT),
            delete(authorization).where(authorization.c.account_id == _OF_ACCOUNT),
            delete(session).where(session.c.account_id == _OF_ACCOUNT),
            delete(identity).where(identity.c.account_id == _OF_ACCOUNT),
            delete(account_token).where(account_token.c.account_id == _OF_ACCOUNT),
            delete(credential_change).where(
                credential_change.c.principal_kind == "account", credential_change.c.principal_id == _OF_ACCOUNT
            ),
            delete(account).where(account.c.id == _OF_ACCOUNT),
        ),
    )
)


async def lock_unused(connection: Connection, before: datetime) -> list[Account]:
    """Up to 200 accounts that their owners registered before this instant and that hold nothing: no grant in any state,
    no API key, no expert; nor are they named as a second person. Locked."""
    return records_of(Account, await _UNUSED.fetch(connection, before=before))


async def delete_account(connection: Connection, account: UUID) -> None:
    """Deletes an account with its sessions, tokens and stored credential changes."""
    for statement in _DELETE:
        await statement.execute(connection, account=account)
