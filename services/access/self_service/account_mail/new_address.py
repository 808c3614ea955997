"""Another address for one's own account: two mails, and the confirmation by whoever has the account and the address."""

from dataclasses import replace
from uuid import UUID

from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts import queries as found
from services.access.principals.accounts.domain import USABLE
from services.access.principals.sessions import operations as sessions
from services.access.self_service.account_mail import queries
from services.access.self_service.account_mail.domain import (
    ALREADY_REGISTERED,
    ASKED,
    CONFIRMED_WITHIN,
    EMAIL,
    KEEP,
    NEW_ADDRESS,
)
from services.access.self_service.account_mail.operations import account_of_token, ask
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.text import email_key
from shared.mail.sealing import Mail, MailSeal
from shared.mail.tokens import digest, token_not_valid


async def ask_for(uow: UnitOfWork, seal: MailSeal, account: UUID, email: str, page: str, *, mails: bool) -> None:
    """Assigns a mail to the new address, if one more may go there, and one to the present address, by which its owner
    refuses. Neither depends on who has the new address.

    Raises Conflict for an account with a role of two, whose address changes by `change_identity`.
    """
    owner = await accounts.ACCOUNTS.lock(uow, account)
    await accounts.require_own_address(uow, owner)
    if mails:
        ask(uow, seal, NEW_ADDRESS, email, owner.language, page, account=str(account))
    ask(uow, seal, ASKED, owner.email, owner.language, page)


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail with the token of a new address, in place of an earlier one; to somebody else who has the address, one
    that says so; None if their account, or the one that asked, may not be used."""
    account = await found.usable(uow.connection, UUID(mail.values["account"]))
    if account is None:
        return None
    other = await found.of_address(uow.connection, email_key(mail.to))
    if other is not None and other.id != account.id and not await found.is_unclaimed(uow.connection, other.id):
        values = {"name": other.name} if other.email_verified else {}
        return Mail(other.email, ALREADY_REGISTERED, other.language, values) if other.status in USABLE else None
    await queries.end_others(uow.connection, account.id, EMAIL)
    await queries.add(
        uow.connection,
        digest=digest(mail.values["token"]),
        account_id=account.id,
        purpose=EMAIL,
        email_key=email_key(mail.to),
        email=mail.to,
        until=now() + CONFIRMED_WITHIN,
    )
    return replace(mail, language=account.language, values={name: mail.values[name] for name in ("page", "token")})


async def confirm(uow: UnitOfWork, account: UUID, session: UUID | None, token: str) -> None:
    """Makes the address of the token that of the caller's account, and ends its other sessions and the tokens to the
    previous address. Whoever got the mail by mistake has no account to confirm it with.

    Raises Invalid for the token of another account, Conflict for an account with a role of two.
    """
    taken = await queries.use(uow.connection, digest(token), EMAIL, now())
    if taken is None or taken.account_id != account or taken.email is None:
        raise token_not_valid()
    before = await accounts.ACCOUNTS.lock(uow, account)
    await accounts.require_own_address(uow, before)
    await accounts.move(uow, before, taken.email)
    await sessions.end_all(uow, account, besides=session, reason="new address")


async def keep(uow: UnitOfWork, token: str) -> None:
    """Keeps the present address of the token's account: the mail to the new one has no effect. Raises Invalid."""
    account = await account_of_token(uow, digest(token), KEEP)
    await queries.end_others(uow.connection, account.id, EMAIL)
