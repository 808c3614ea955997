"""Writing accounts: one function per verb. Each writes its row, one audit entry and one fact."""

from dataclasses import replace
from uuid import UUID

from services.access.access import ROLES, is_of_office
from services.access.authority.grants.authority import (
    require_authority,
    require_official,
    roles_of_two,
    why_no_authority,
)
from services.access.made_by_country import entering
from services.access.principals.accounts import credentials, domain, queries
from services.access.principals.accounts.known_passwords import is_known, refuse_known
from services.access.principals.accounts.passwords import hash_password
from services.access.principals.accounts.record import Account
from services.access.principals.accounts.tables import account
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.queries import best_of
from services.access.suspending import suspend as suspend_record
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Fields, SecondPersonNeeded
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.step_up import Level
from shared.kernel.text import email_key
from shared.mail.tokens import digest
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing, with_columns

ACCOUNTS: ResourceType[Account, domain.AccountGuardContext] = ResourceType.of(
    Account, account, domain.LIFECYCLE, is_personal=True
)

WELCOME, NOTIFY_OLD_ADDRESS, SEND_RESET = "welcome_account", "notify_old_address", "send_password_reset"
"""The jobs that mail a new address, the previous address, and a link to choose another password."""


async def create(uow: UnitOfWork, access: AccessScope, new: Account) -> Account:
    """Inserts an account and mails an invitation to choose a password, or a request to verify its address. The account
    that a focal point makes is invited until its owner follows the mail; that of an officer is the secretariat's.

    Raises Forbidden without the permission in the country, Conflict if the focal points of the country made 500
    accounts; the database rejects an address that another account has.
    """
    require(access, "create", new.country)
    is_made_by_country = not is_of_office(access.principal, access.resource.name, "create", new.country)
    if not access.may("create", None):
        await require_official(uow, access, "create", new.country, new.id)
    if is_made_by_country and await queries.MADE.count(uow.connection, new.country) >= domain.MOST_MADE:
        detail = f"The focal points of a country make at most {domain.MOST_MADE} accounts."
        raise Conflict(detail, members={"reason": "too_many_accounts"})
    return await invite(uow, new, made_by_country=is_made_by_country)


async def invite(uow: UnitOfWork, new: Account, *, made_by_country: bool = False) -> Account:
    """Inserts an account without a permission check and mails its owner, for the system itself."""
    after = await insert(uow, new, made_by_country=made_by_country)
    await credentials.note_change(uow, "account", after.id, "email")
    _welcome(uow, after)
    return after


async def insert(
    uow: UnitOfWork, new: Account, password: str | None = None, *, made_by_country: bool = False
) -> Account:
    """Inserts an account without a permission check, for the system itself."""
    if password is not None:
        refuse_known(password, (new.name, new.email))
    await _free_address(uow, new.email)
    account = replace(
        new,
        status="invited" if made_by_country else "active",
        visibility="restricted",
        made_by_country=made_by_country,
        email_key=email_key(new.email),
        email_verified=False,
        notifications={},
        password_hash=None if password is None else await hash_password(password),
    )
    return await ACCOUNTS.insert(uow, account)


async def _free_address(uow: UnitOfWork, email: str) -> None:
    """Closes the account that somebody registered with this address, if nobody has confirmed it and it holds nothing:
    its address is for whoever is invited there, or shows that it is theirs."""
    unclaimed = await queries.lock_unclaimed(uow.connection, email_key(email))
    if unclaimed is not None:
        await ACCOUNTS.apply_scheduled(uow, unclaimed, domain.MAKE_WAY)


async def _free_for(uow: UnitOfWork, owner: Account, email: str) -> None:
    if email_key(email) != owner.email_key:
        await _free_address(uow, email)


async def require_own_address(uow: UnitOfWork, owner: Account) -> None:
    """Raises Conflict `second_person_needed` if the account has a role of two: its address changes by
    `change_identity`."""
    if await roles_of_two(uow.connection, PrincipalKind.ACCOUNT, owner.id):
        detail = "A second person confirms the address of this account: ask for `change_identity`."
        raise Conflict(detail, members={"reason": "second_person_needed"})


async def move(uow: UnitOfWork, before: Account, email: str) -> None:
    """Moves the locked account of the caller to an address that they have shown to be theirs, and notifies the previous
    one."""
    await _free_for(uow, before, email)
    wanted = replace(_derived(before, replace(before, email=email)), email_verified=True)
    await ACCOUNTS.write(uow, "change_email", before, wanted, fact="moved")
    former = digest(before.email_key)
    change = await credentials.note_change(
        uow, "account", before.id, "email", old_email=before.email, old_digest=former
    )
    _notify_old_address(uow, change)


async def update(uow: UnitOfWork, access: AccessScope, before: Account, wanted: Account) -> Account:
    """Updates the account.

    Raises Forbidden for another address or expert if the caller has no authority over all that the account holds,
    SecondPersonNeeded if that includes a role of two.
    """
    changed = differing(before, wanted)
    if changed.keys() & set(domain.IDENTITY):
        await _require_authority(uow, access.principal, before.id)
        if await roles_of_two(uow.connection, PrincipalKind.ACCOUNT, before.id):
            fields = {name: value if value is None else str(value) for name, value in changed.items()}
            raise SecondPersonNeeded(domain.CHANGE_IDENTITY, fields)
        await _free_for(uow, before, wanted.email)
    after = await ACCOUNTS.update(uow, before, _derived(before, wanted))
    await _follow_address(uow, before, after, None)
    return after


async def _require_authority(uow: UnitOfWork, actor: Principal, account: UUID) -> None:
    """Requires authority over all that the account holds: whoever sets the address can receive a new password there.
    For one's own account the check passes."""
    if not actor.is_account(account):
        await require_authority(uow, actor, PrincipalKind.ACCOUNT, account)


def _derived(before: Account, wanted: Account) -> Account:
    """The account with the columns derived from its address and name. A changed address is not verified."""
    key = email_key(wanted.email)
    verified = before.email_verified and key == before.email_key
    return replace(wanted, email_key=key, email_verified=verified)


async def _follow_address(uow: UnitOfWork, before: Account, after: Account, proposed_by: Principal | None) -> None:
    """Follows a changed address: stores who set it, mails a request to verify it, and notifies the previous address."""
    if after.email_key == before.email_key:
        return
    change = await credentials.note_change(uow, "account", after.id, "email", old_email=before.email)
    if proposed_by is not None:
        await credentials.note_change(uow, "account", after.id, "email", by=proposed_by)
    _welcome(uow, after)
    _notify_old_address(uow, change)


def _notify_old_address(uow: UnitOfWork, change: UUID) -> None:
    defer(uow, "access", NOTIFY_OLD_ADDRESS, {"change": str(change)}, created_by=uow.origin.actor.label)


async def change_password(uow: UnitOfWork, account: UUID, password: str) -> None:
    """Sets the password that the signed-in owner chose after giving the old one. Raises Invalid for a known password,
    and for a short one without a second factor."""
    before = await ACCOUNTS.lock(uow, account)
    if is_known(password, (before.name, before.email)):
        raise invalid_field("/new_password", "password_known", "Choose another password, such as four words.")
    await _refuse_short(uow, account, password, "/new_password")
    await ACCOUNTS.update(uow, before, replace(before, password_hash=await hash_password(password)))


async def set_password(uow: UnitOfWork, before: Account, password: str) -> Account:
    """Sets the password that the owner chose after a mail on the locked account, and marks the address as verified. An
    invited account becomes active. Raises Invalid as `change_password` does."""
    refuse_known(password, (before.name, before.email))
    await _refuse_short(uow, before.id, password, "/password")
    wanted = replace(before, password_hash=await hash_password(password), email_verified=True)
    if before.status == "invited":
        return await ACCOUNTS.apply_scheduled(uow, before, "activate", wanted)
    return await ACCOUNTS.write(uow, "recover", before, wanted, fact="recovered")


async def _refuse_short(uow: UnitOfWork, account: UUID, password: str, pointer: str) -> None:
    is_short = len(password) < domain.SHORTEST_ALONE
    if is_short and await best_of(uow.connection, account) is Level.ONE_FACTOR:
        detail = f"At least {domain.SHORTEST_ALONE} characters, or {domain.SHORTEST_PASSWORD} with a second factor."
        raise invalid_field(pointer, "too_short", detail)


async def take_over(uow: UnitOfWork, before: Account) -> Account:
    """Marks the address of a locked account as verified, for its owner who signed in elsewhere. An invited account
    becomes active."""
    wanted = replace(before, email_verified=True)
    if before.status == "invited":
        return await ACCOUNTS.apply_scheduled(uow, before, "activate", wanted)
    return await ACCOUNTS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Account, requested: TransitionRequest) -> Account:
    """Applies one transition. A suspension ends the sessions. Raises what `Lifecycle.advance` raises, and Forbidden for
    another identity if the caller has no authority over all that the account holds."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    wanted = before
    if requested.action == domain.CHANGE_IDENTITY:
        await _require_authority(uow, access.principal, before.id)
        given = {name: requested.fields[name] for name in domain.WRITABLE if name in requested.fields}
        wanted = _derived(before, with_columns(before, given))
        if requested.proposed_by is not None or not guard_context.roles_of_two:
            await _free_for(uow, before, wanted.email)
    is_by_secretariat = is_of_office(access.principal, access.resource.name, requested.action, before.country)

    def effects(target: str) -> Account:
        if target == before.status:
            return wanted
        return entering(wanted, target, is_by_secretariat=is_by_secretariat)

    after = await ACCOUNTS.apply_transition(uow, before, requested, guard_context, permitted(access, before), effects)
    if requested.action == "reinstate" and not access.may("reinstate", None):
        await require_official(uow, access, "reinstate", before.country, before.id)
    await _follow_address(uow, before, after, requested.proposed_by)
    if requested.action == domain.SEND_RESET:
        await _send_reset(uow, after.id)
    if after.status != "active":
        await sessions.end_all(uow, after.id, reason=f"account {after.status}")
    return after


async def suspend(uow: UnitOfWork, before: Account, reason: str, by: str = "system") -> None:
    """Suspends a locked account and ends its sessions without a permission check, for the system itself."""
    await suspend_record(uow, ACCOUNTS, before, reason, by)
    await sessions.end_all(uow, before.id, reason=reason)


async def send_reset(uow: UnitOfWork, before: Account) -> None:
    """Mails the owner of a locked account a link to choose another password, for the system itself."""
    await ACCOUNTS.write(uow, domain.SEND_RESET, before, before, fact="updated")
    await _send_reset(uow, before.id)


async def _send_reset(uow: UnitOfWork, account: UUID) -> None:
    await credentials.note_change(uow, "account", account, "recovery")
    defer(uow, "access", SEND_RESET, {"account": str(account)}, created_by=uow.origin.actor.label)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Account, _fields: Fields
) -> domain.AccountGuardContext:
    """Loads the inputs of the guards for this caller and this account."""
    resource = ACCOUNTS.resource.name
    everywhere = principal.permission_scope(ROLES, resource, "suspend").everywhere
    suspending: domain.HoldingFault | None = None
    async with connect() as connection:
        of_two = await roles_of_two(connection, PrincipalKind.ACCOUNT, record.id)
        if not everywhere and await why_no_authority(connection, principal, PrincipalKind.ACCOUNT, record.id):
            suspending = "holds_more_than_you_may_grant"
    is_kept = record.suspended_by == "secretariat" and not is_of_office(
        principal, resource, "reinstate", record.country
    )
    return domain.AccountGuardContext(
        roles_of_two=of_two,
        is_owner=principal.is_account(record.id),
        suspending=suspending,
        reinstating="suspended_by_the_secretariat" if is_kept else suspending,
    )


def _welcome(uow: UnitOfWork, record: Account) -> None:
    defer(uow, "access", WELCOME, {"account": str(record.id)}, created_by=uow.origin.actor.label)
