"""Asking for a mail to the address of an account, and what the token in it lets one do."""

from dataclasses import replace
from datetime import timedelta

from services.access.account_mail import domain, queries
from services.access.account_mail.domain import LETTERS, PASSWORD, VERIFICATION
from services.access.accounts import operations as accounts
from services.access.accounts import queries as found
from services.access.accounts.domain import email_key
from services.access.accounts.record import Account
from services.access.api_keys import operations as api_keys
from services.access.sessions import operations as sessions
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import Principal, PrincipalKind
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal


def ask(uow: UnitOfWork, seal: MailSeal, letter: str, email: str, language: str, page: str) -> None:
    """Leaves a mail with a token to the worker, which sends it only where the address has an account in use.

    Nothing is looked up here, so that known and unknown addresses cost the same. `page` is where the token is used.
    """
    values = {"page": page, "token": domain.new_token()}
    post(uow, seal, "access", Mail(email, letter, language, values))


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail to the account of its address, in the account's language, its token made known; None where there is no
    such account in use."""
    account = await found.for_mail(uow.connection, email_key(mail.to))
    if account is None:
        return None
    letter = LETTERS[mail.template]
    await queries.add(
        uow.connection,
        digest=domain.digest(mail.values["token"]),
        account_id=account.id,
        purpose=letter.purpose,
        email_key=account.email_key,
        until=now() + letter.life,
    )
    return replace(mail, to=account.email, language=account.language, values={**mail.values, "name": account.name})


async def as_it_is(_uow: UnitOfWork, mail: Mail) -> Mail:
    """The mail, for an address that no account has any more."""
    return mail


async def verify(uow: UnitOfWork, token: str) -> None:
    """The address of the token's account is verified, unless it has changed since. Raises Invalid."""
    account = await _account_of(uow, token, VERIFICATION)
    await accounts.ACCOUNTS.update(uow, account, replace(account, email_verified=True))


async def set_password(uow: UnitOfWork, token: str, password: str) -> None:
    """A new password for the token's account, whose address is verified by that. All its sessions and its other tokens
    end, and its API keys are suspended until their owner enables them: whoever had the old password may have made or
    seen them. Raises Invalid."""
    account = await _account_of(uow, token, PASSWORD)
    await queries.end_others(uow.connection, account.id, PASSWORD)
    await sessions.end_all(uow, account.id, reason="new password")
    await api_keys.suspend_all(uow, account.id)
    await accounts.set_password(uow, account, password)


async def _account_of(uow: UnitOfWork, token: str, purpose: str) -> Account:
    """The account, locked; who shows the token acts as it."""
    taken = await queries.use(uow.connection, domain.digest(token), purpose, now())
    if taken is None:
        raise domain.token_not_valid()
    account = await accounts.ACCOUNTS.lock(uow, taken.account_id)
    if account.status != "active" or account.email_key != taken.email_key:
        raise domain.token_not_valid()
    uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, account.id, account.name))
    return account


async def delete_expired(uow: UnitOfWork) -> None:
    """Drops tokens whose time has been over for a day."""
    await queries.delete_expired(uow.connection, now() - timedelta(days=1))
