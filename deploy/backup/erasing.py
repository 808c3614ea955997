"""Erases again, in a restored database that is still closed, the persons who were erased after the backup was made."""

from collections.abc import Collection
from importlib import import_module
from uuid import UUID

import asyncpg

from services.access.erasing import erase_account
from services.actions.erasing import erase as erase_in_actions
from services.centres.erasing import erase as erase_in_centres
from services.membership.protection.erasures import files, removal
from shared.bulk.store import FileStore
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import set_codecs
from shared.database.servers import connect
from shared.database.tables import SCHEMA
from shared.database.unit_of_work import Origin, UnitOfWork
from shared.mail.sealing import MailSeal

import_module("services.membership.worker")
"""Declares every table of membership."""
_DONE = "SELECT unnest(subjects) AS id FROM {schema}.member_erasure WHERE status IN ('running', 'done')"
_LIVING = "SELECT id, account_id FROM escm.member_expert WHERE id = ANY($1) AND erased_at IS NULL ORDER BY id"


async def erased_in(connection: asyncpg.Connection, schema: str = SCHEMA) -> set[UUID]:
    """The experts whose erasure runs or is done in a schema."""
    if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{schema}.member_erasure"):
        return set()
    return {row["id"] for row in await connection.fetch(_DONE.format(schema=schema))}


async def erase_again(url: str, settings: Settings, store: FileStore, ids: Collection[UUID]) -> int:
    """Erases those of the experts who are in the database at `url` and not erased there, with their accounts, rows and
    files. Returns how many there were."""
    connection = await connect(url, server_settings={"search_path": f"{SCHEMA}, public"})
    try:
        await set_codecs(connection)
        async with connection.transaction():
            await connection.execute(f"SET LOCAL ROLE {settings.role_prefix}_owner; {SYSTEM_CONTEXT.set_local}")
            uow = UnitOfWork(connection, Origin())
            people = await connection.fetch(_LIVING, list(ids))
            subjects = [row["id"] for row in people]
            if not subjects:
                return 0
            traces = await removal.traces_of(connection, subjects)
            imports = await files.imports_of(connection, subjects)
            named = await files.naming(store, imports, (*traces.addresses, *traces.names))
            await files.mark_removed(connection, named)
            await files.remove_import_files(store, named)
            for row in people:
                await erase_in_centres(uow, row["id"])
                await erase_in_actions(uow, row["id"])
                if row["account_id"]:
                    await erase_account(uow, row["account_id"])
            await removal.remove_rows(uow, MailSeal(settings), subjects)
            await files.remove_exports(uow, store)
            await uow.flush()
        return len(subjects)
    finally:
        await connection.close()
