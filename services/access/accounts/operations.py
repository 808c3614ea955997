"""Writing accounts: one function per verb. Each writes its row, one audit entry and one fact."""

from collections.abc import Mapping
from typing import Any

from services.access.accounts import domain
from services.access.accounts.known_passwords import refuse_known
from services.access.accounts.passwords import hash_password
from services.access.accounts.tables import account
from services.access.sessions import operations as sessions
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.kernel.text import search_key
from shared.messaging.outbox import defer
from shared.records.kind import Kind, Step, permitted, require
from shared.records.sight import Sight

ACCOUNTS: Kind[None] = Kind(
    Resource("access", "accounts", "account"),
    account,
    domain.LIFECYCLE,
    ("status", *domain.FIELDS),
    is_personal=True,
)

WELCOME = "welcome_account"
"""The job that writes to a new address."""
_NEW = {"status": "active", "visibility": "restricted", "email_verified": False, "language": "en"}


async def create(uow: UnitOfWork, sight: Sight, values: Mapping[str, Any]) -> Row:
    """A new account, which is invited by mail to choose a password, or asked to verify its address.

    `values` hold `email`, `name`, `expert_id`, `language` and `password`; it may have none.

    Raises Forbidden without the permission; the database refuses an address that another account has.
    """
    require(sight, "create", None)
    row = await enter(uow, values)
    _welcome(uow, row)
    return row


async def enter(uow: UnitOfWork, values: Mapping[str, Any]) -> Row:
    """A new account without any question: for what the system itself sets up."""
    return await ACCOUNTS.enter(uow, {**_NEW, **await _columns(values)})


async def update(uow: UnitOfWork, seen: Row, values: Mapping[str, Any]) -> Row:
    """The account with new values. A password is replaced where one is given, and all sessions end then."""
    before = await ACCOUNTS.lock(uow, seen["id"], seen["version"])
    if values.get("password") is not None:
        await sessions.end_all(uow, before["id"], reason="new password")
    columns = await _columns(values)
    if columns["email_key"] != before["email_key"]:
        columns["email_verified"] = False
        _welcome(uow, before)
    return await ACCOUNTS.edit(uow, before, columns)


async def set_password(uow: UnitOfWork, before: Row, password: str) -> Row:
    """The locked account with the password that its owner chose after a mail, which verifies the address."""
    refuse_known(password, (before["name"], before["email"]))
    return await ACCOUNTS.edit(uow, before, {"password_hash": await hash_password(password), "email_verified": True})


async def transition(uow: UnitOfWork, sight: Sight, seen: Row, step: Step) -> Row:
    """One step of an account's life. Sessions do not outlive a suspension. Raises what `Lifecycle.advance` raises."""
    before = await ACCOUNTS.lock(uow, seen["id"], seen["version"])
    after = await ACCOUNTS.step(uow, before, step, None, permitted(sight, before))
    if after["status"] == "suspended":
        await sessions.end_all(uow, before["id"], reason="account suspended")
    return after


async def case_of(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> None:
    """No guard looks at anything."""


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
