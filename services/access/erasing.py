"""Erases what access stores about a person: the account, and all that belongs to it."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from services.access.authority.grants import operations as grants
from services.access.factors.factors import operations as factors
from services.access.federation.identities import operations as identities
from services.access.notifying.webhooks import operations as webhooks
from services.access.personal import PARTS
from services.access.principals.accounts import queries as accounts
from services.access.principals.api_keys import operations as api_keys
from services.access.principals.sessions import operations as sessions
from services.access.settings import AccessSettings
from shared.contracts.access import ERASURE_REPORTED
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import SYSTEM
from shared.mail import folder
from shared.messaging.job_run import JobHandlers, JobRun
from shared.messaging.outbox import defer
from shared.records.erasing import ErasableRows, person_of, reporting
from shared.records.erasing import erase as erase_rows

ERASE_JOB = "erase_account"
_ACCOUNT = {"status": "'closed'", "email_key": "'erased ' || t.id"}
"""A closed account keeps its place among the unique addresses."""
_REASON = {"reason": f"CASE t.created_by WHEN '{SYSTEM.label}' THEN t.reason END"}
"""The system's reasons name the record that a role follows from."""
ROWS: Mapping[str, ErasableRows] = {
    "sessions": ErasableRows(PARTS["sessions"], "t.account_id = ANY($1)", is_recorded=False),
    "authorizations": ErasableRows(PARTS["authorizations"], "t.account_id = ANY($1)", is_recorded=False),
    "identities": ErasableRows(PARTS["identities"], "t.account_id = ANY($1)", is_recorded=False),
    "notifications": ErasableRows(PARTS["notifications"], "t.account_id = ANY($1)", is_recorded=False),
    "factors": ErasableRows(PARTS["factors"], "t.account_id = ANY($1)", {"name": "''"}),
    "grants": ErasableRows(
        PARTS["grants"],
        "t.principal_kind = 'account' AND t.principal_id = ANY($1)",
        _REASON,
    ),
    "api_keys": ErasableRows(PARTS["api_keys"], "t.owner_kind = 'account' AND t.owner_id = ANY($1)"),
    "accounts": ErasableRows(PARTS["accounts"], "t.id = ANY($1)", _ACCOUNT, "erased"),
}
_BY_ID = {
    "access_account_token": "account_id = $1",
    "access_factor_secret": "account_id = $1",
    "access_credential_change": "principal_kind = 'account' AND principal_id = $1",
}
UNTIL_EXPIRY = frozenset(
    (
        "access_last_use",
        "access_refresh_token",
        "access_browser",
        "access_code",
        "access_device",
        "access_federation_start",
        "access_revoked_token",
        "access_failed_login",
        *_BY_ID,
    )
)
"""Further tables of the catalogue: deleted here, with a session, or when they expire, by ids and digests."""


async def erase_account(uow: UnitOfWork, account: UUID) -> dict[str, int]:
    """Ends all that an account holds, and empties it. Returns the number of rows by part. May be repeated."""
    reason = "account erased"
    await sessions.end_all(uow, account, reason=reason)
    await factors.remove_all(uow, account, reason)
    await grants.revoke_all(uow, account, reason)
    await api_keys.revoke_all(uow, account, reason)
    await identities.unlink_all(uow, account, reason)
    await webhooks.end_all(uow, account)
    for table, condition in _BY_ID.items():
        await uow.connection.execute(f"DELETE FROM escm.{table} WHERE {condition}", account)  # noqa: S608
    return await erase_rows(uow, ROWS, [account])


async def _erase(uow: UnitOfWork, expert: UUID) -> dict[str, int]:
    account = await _account_of(uow, expert)
    return {} if account is None else await erase_account(uow, account)


async def _account_of(uow: UnitOfWork, expert: UUID) -> UUID | None:
    person = await person_of(uow.connection, expert)
    return person["account_id"] if person else None


_erase_and_report = reporting(ERASURE_REPORTED, _erase)


def job_handlers(settings: AccessSettings) -> JobHandlers:
    """The handler that erases the account of an expert."""

    async def erase(run: JobRun) -> None:
        """Erases the files of mails to the account of an expert who is being erased, and the account."""
        expert = UUID(run.payload["expert"])
        async with run.unit_of_work() as uow:
            account = await _account_of(uow, expert)
            address = None if account is None else await accounts.key_of(uow.connection, account)
        if address is not None:
            await asyncio.to_thread(folder.remove, settings.mail_folder, [address], [str(account)])
        async with run.unit_of_work() as uow:
            if await run.once(uow, ERASE_JOB):
                await _erase_and_report(uow, expert)

    return {ERASE_JOB: erase}


async def erase_later(uow: UnitOfWork, expert: UUID) -> None:
    """Assigns the erasure of an expert's account to the worker."""
    defer(uow, "access", ERASE_JOB, {"expert": str(expert)}, created_by=uow.origin.actor.label)


async def sign_out(uow: UnitOfWork, expert: UUID) -> None:
    """Ends the sessions of an expert whose erasure was requested."""
    person = await person_of(uow.connection, expert)
    if person is not None and person["account_id"] and person["merged_into"] is None:
        await sessions.end_all(uow, person["account_id"], reason="erasure requested")
