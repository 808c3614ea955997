"""Writing accounts: one function per verb. Each writes its row, one audit entry and one fact."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.access.accounts import credentials, domain
from services.access.accounts.known_passwords import is_known, refuse_known
from services.access.accounts.passwords import hash_password
from services.access.accounts.record import Account
from services.access.accounts.tables import account
from services.access.authority import require_authority, roles_of_two
from services.access.sessions import operations as sessions
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import SecondPersonNeeded
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.text import search_key
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

ACCOUNTS: ResourceType[Account, domain.AccountGuardContext] = ResourceType.of(
    Account, account, domain.LIFECYCLE, is_personal=True
)

WELCOME, TELL_OLD_ADDRESS, SEND_RESET = "welcome_account", "tell_old_address", "send_password_reset"
"""The jobs that write to a new address, to the one before, and to somebody who is to choose another password."""
_NEW = {"status": "active", "visibility": "restricted", "email_verified": False, "language": "en"}


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """A new account, which is invited by mail to choose a password, or asked to verify its address.

    `values` hold `email`, `name`, `expert_id` and `language`.

    Raises Forbidden without the permission; the database refuses an address that another account has.
    """
    require(access, "create", None)
    row = await insert(uow, values)
    await credentials.note_change(uow, "account", row["id"], "email")
    _welcome(uow, row)
    return row


async def insert(uow: UnitOfWork, values: Mapping[str, Any]) -> Row:
    """A new account without any question: for what the system itself sets up."""
    return await ACCOUNTS.insert(uow, {**_NEW, **await _columns(values)})


async def update(uow: UnitOfWork, access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The account with new values.

    Raises Forbidden for another address or expert where the caller has no authority over all that the account holds,
    and SecondPersonNeeded where that includes a role of two.
    """
    before = await ACCOUNTS.lock(uow, seen["id"], seen["version"])
    changed = {name: value for name, value in values.items() if before[name] != value}
    if changed.keys() & set(domain.IDENTITY):
        await _require_authority(uow, access.principal, before["id"])
        if await roles_of_two(uow.connection, PrincipalKind.ACCOUNT, before["id"]):
            fields = {name: value if value is None else str(value) for name, value in changed.items()}
            raise SecondPersonNeeded(domain.CHANGE_IDENTITY, fields)
    after = await ACCOUNTS.update(uow, before, await _changed(before, values))
    await _follow_address(uow, before, after, None)
    return after


async def _require_authority(uow: UnitOfWork, actor: Principal, account: UUID) -> None:
    """Whoever chooses an address can have another password mailed there. One's own account is worth what one holds."""
    if (actor.kind, actor.id) != (PrincipalKind.ACCOUNT, account):
        await require_authority(uow, actor, PrincipalKind.ACCOUNT, account)


async def _changed(before: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    columns = await _columns(values)
    return {**columns, "email_verified": before["email_verified"] and columns["email_key"] == before["email_key"]}


async def _follow_address(uow: UnitOfWork, before: Row, after: Row, proposed_by: Principal | None) -> None:
    """What another address leaves behind: who set it, a mail that verifies it, and one to the address before."""
    if after["email_key"] == before["email_key"]:
        return
    change = await credentials.note_change(uow, "account", after["id"], "email", old_email=before["email"])
    if proposed_by is not None:
        await credentials.note_change(uow, "account", after["id"], "email", by=proposed_by)
    _welcome(uow, after)
    defer(uow, "access", TELL_OLD_ADDRESS, {"change": str(change)}, created_by=uow.origin.actor.label)


async def change_password(uow: UnitOfWork, account: UUID, password: str) -> None:
    """The password that the signed-in owner of an account chose, who gave the old one. Raises Invalid for one that
    somebody would try first."""
    before = await ACCOUNTS.lock(uow, account)
    if is_known(password, (before["name"], before["email"])):
        raise invalid_field("/new_password", "password_known", "Choose another password, such as four words.")
    await ACCOUNTS.update(uow, before, {"password_hash": await hash_password(password)})


async def set_password(uow: UnitOfWork, before: Row, password: str) -> Row:
    """The locked account with the password that its owner chose after a mail, which verifies the address."""
    refuse_known(password, (before["name"], before["email"]))
    return await ACCOUNTS.update(uow, before, {"password_hash": await hash_password(password), "email_verified": True})


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of an account's life. Sessions do not outlive a suspension. Raises what `Lifecycle.advance` raises, and
    Forbidden for another identity where the caller has no authority over all that the account holds."""
    before = await ACCOUNTS.lock(uow, seen["id"], seen["version"])
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    columns: dict[str, Any] = {}
    if requested.action == domain.CHANGE_IDENTITY:
        await _require_authority(uow, access.principal, before["id"])
        given = {name: requested.fields[name] for name in domain.WRITABLE if name in requested.fields}
        columns = await _changed(before, {**written(before), **given})
    after = await ACCOUNTS.apply_transition(
        uow, before, requested, guard_context, permitted(access, before), lambda _target: columns
    )
    await _follow_address(uow, before, after, requested.proposed_by)
    if requested.action == domain.SEND_RESET:
        await credentials.note_change(uow, "account", after["id"], "recovery")
        defer(uow, "access", SEND_RESET, {"account": str(after["id"])}, created_by=uow.origin.actor.label)
    if after["status"] == "suspended":
        await sessions.end_all(uow, before["id"], reason="account suspended")
    return after


async def load_guard_context(
    connect: Connect, _principal: Principal, row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> domain.AccountGuardContext:
    """What the guards look at."""
    async with connect() as connection:
        return domain.AccountGuardContext(await roles_of_two(connection, PrincipalKind.ACCOUNT, row["id"]))


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, as they stand in a row; a password is never read."""
    return {name: row[name] for name in domain.WRITABLE}


def _welcome(uow: UnitOfWork, row: Row) -> None:
    defer(uow, "access", WELCOME, {"account": str(row["id"])}, created_by=uow.origin.actor.label)


async def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: value for name, value in values.items() if name != "password"}
    columns["email_key"] = domain.email_key(values["email"])
    columns["search_key"] = search_key(values["name"], values["email"])
    if values.get("password") is not None:
        refuse_known(values["password"], (values["name"], values["email"]))
        columns["password_hash"] = await hash_password(values["password"])
    return columns
