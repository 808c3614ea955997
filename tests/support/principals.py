"""The callers' accounts, clients and grants as rows, for what looks them up in the database."""

import asyncpg

from tests.support.callers import CALLERS


async def enter_callers(database_url: str) -> None:
    """Enters all, at most once in a database."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    if await connection.fetchval("SELECT EXISTS (SELECT FROM access_account WHERE name = 'admin')"):
        await connection.close()
        return
    common = "version, status, visibility, created_at, created_by, updated_at, updated_by"
    values = "1, 'active', 'restricted', now(), 'test', now(), 'test'"
    for principal in CALLERS.values():
        if principal.kind == "account":
            await connection.execute(
                f"INSERT INTO access_account (id, {common}, email, email_key, name, search_key)"
                f" VALUES ($1, {values}, $2, $2, $2, $2) ON CONFLICT DO NOTHING",
                principal.id,
                principal.name,
            )
        else:
            await connection.execute(
                f"INSERT INTO access_client (id, {common}, client_id, name, search_key, secrets, scope_kind, resources,"
                f" verbs, ip_allow, sandbox) VALUES ($1, {values}, $2, $2, $2, '{{}}', 'global', '{{membership.*}}',"
                " '{read,write}', '{}', false) ON CONFLICT DO NOTHING",
                principal.id,
                principal.name,
            )
        for grant in principal.grants:
            await connection.execute(
                f"INSERT INTO access_grant (id, {common}, principal_kind, principal_id, role, scope_kind, scope_id,"
                f" starts) VALUES (uuidv7(), {values}, $1, $2, $3, $4, $5, '2020-01-01')",
                str(principal.kind),
                principal.id,
                grant.role,
                grant.scope_kind,
                grant.scope_id,
            )
    await connection.close()
