"""Requesting a mail to the address of an account, and using the token in it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.access.federation.identities import operations as identities
from services.access.principals.accounts import operations as accounts
from services.access.principals.accounts import queries as found
from services.access.principals.accounts.domain import USABLE
from services.access.principals.accounts.record import Account
from services.access.principals.api_keys import operations as api_keys
from services.access.principals.sessions import operations as sessions
from services.access.self_service.account_mail import queries
from services.access.self_service.account_mail.domain import (
    ALREADY_REGISTERED,
    EMAIL,
    INVITATION,
    LETTERS,
    PASSWORD,
    VERIFICATION,
)
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.text import email_key
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.mail.tokens import digest, new_token, token_not_valid


def ask(uow: UnitOfWork, seal: MailSeal, letter: str, email: str, language: str, page: str, **values: str) -> None:
    """Assigns a mail with a token to the worker, which prepares it: a registration may insert the account, all others
    are sent only if an active account has the address.

    Looks nothing up, so that known and unknown addresses take the same time. `page` is the page that uses the token,
    `values` are further values of the template.
    """
    values = {**values, "page": page, "token": new_token()}
    post(uow, seal, "access", Mail(email, letter, language, values))


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail to the account with its address, in the account's language, with its token stored; None without an
    active or invited account. To an invited one go only mails for choosing a password. A mail to an address that nobody
    has confirmed has no name, unless an office chose it."""
    account, letter = await found.for_mail(uow.connection, email_key(mail.to)), LETTERS[mail.template]
    if account is None or (account.status != "active" and letter.purpose != PASSWORD):
        return None
    await queries.add(
        uow.connection,
        digest=digest(mail.values["token"]),
        account_id=account.id,
        purpose=letter.purpose,
        email_key=account.email_key,
        until=now() + letter.life,
    )
    values = {name: mail.values[name] for name in ("page", "token")}
    if account.email_verified or mail.template == INVITATION:
        values["name"] = account.name
    return replace(mail, to=account.email, language=account.language, values=values)


async def prepare_registration(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail for the owner of a new account to choose a password, or one that says that there is an account; None if
    that account may not be used. A second registration before the first was confirmed is mailed again."""
    known = await found.of_address(uow.connection, email_key(mail.to))
    if known is None:
        await _register(uow, mail)
    elif known.status not in USABLE:
        return None
    elif known.password_hash is not None:
        values = {"name": known.name} if known.email_verified else {}
        return Mail(known.email, ALREADY_REGISTERED, known.language, values)
    return await prepare(uow, mail)


async def _register(uow: UnitOfWork, mail: Mail) -> None:
    """Inserts a new account, entered by its owner."""
    new = accounts.ACCOUNTS.new({"email": mail.to, "name": mail.values["name"], "language": mail.language})
    uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, new.id, new.name))
    await accounts.insert(uow, new)


async def as_it_is(_uow: UnitOfWork, mail: Mail) -> Mail:
    """The mail unchanged, for an address that no longer has an account."""
    return mail


async def verify(uow: UnitOfWork, token: str) -> None:
    """Marks the address of the token's account as verified, unless it has changed. Raises Invalid."""
    account = await account_of_token(uow, digest(token), VERIFICATION)
    await accounts.ACCOUNTS.update(uow, account, replace(account, email_verified=True))


async def set_password(uow: UnitOfWork, token: str, password: str) -> None:
    """Sets a new password for the token's account and marks its address as verified. Ends all its sessions and other
    tokens, also that of a new address, and suspends its API keys until their owner enables them: whoever had the old
    password may have made or read them. Links that were made before anybody confirmed the address end, too. Raises
    Invalid."""
    account = await account_of_token(uow, digest(token), PASSWORD)
    if not account.email_verified:
        await identities.unlink_all(uow, account.id, "address confirmed")
    await end_former_ways(uow, account.id)
    await accounts.set_password(uow, account, password)


async def end_former_ways(uow: UnitOfWork, account: UUID) -> None:
    """Ends sessions and mailed tokens of an account, and suspends its API keys, for whoever shows that it is theirs."""
    for purpose in (PASSWORD, EMAIL):
        await queries.end_others(uow.connection, account, purpose)
    await sessions.end_all(uow, account, reason="new password")
    await api_keys.suspend_all(uow, account)


async def invited(uow: UnitOfWork, digest: bytes) -> Account:
    """The account of an invitation, locked, for its owner to sign in elsewhere instead of choosing a password. Raises
    Invalid, also if the account has a password: then its owner signs in with that and links the other way."""
    account = await account_of_token(uow, digest, PASSWORD)
    if account.password_hash is not None:
        raise token_not_valid()
    return account


async def account_of_token(uow: UnitOfWork, digest: bytes, purpose: str) -> Account:
    """The account, locked; the unit of work acts as this account."""
    taken = await queries.use(uow.connection, digest, purpose, now())
    if taken is None:
        raise token_not_valid()
    account = await accounts.ACCOUNTS.lock(uow, taken.account_id)
    if account.status not in USABLE or account.email_key != taken.email_key:
        raise token_not_valid()
    uow.origin = replace(uow.origin, actor=Principal(PrincipalKind.ACCOUNT, account.id, account.name))
    return account


async def delete_expired(uow: UnitOfWork) -> None:
    """Deletes tokens that expired more than a day ago."""
    await queries.delete_expired(uow.connection, now() - timedelta(days=1))
