"""The callers' accounts, clients, keys and grants as rows, for code that looks them up in the database."""

import asyncpg

from shared.kernel.principal import Principal
from tests.support.callers import CALLERS

_COMMON = "id, version, status, visibility, created_at, created_by, updated_at, updated_by"
_VALUES = "$1, 1, 'active', 'restricted', now(), 'test', now(), 'test'"
_EVERYTHING = ["membership.*", "centres.*", "actions.*", "access.*"]


async def enter_callers(database_url: str) -> None:
    """Inserts all of them, once per database."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM access_account WHERE name = 'admin')"):
        for principal in list(CALLERS.values()):
            await enter_principal(connection, principal)
    await connection.close()


async def enter_principal(connection: asyncpg.Connection, principal: Principal) -> None:
    """Inserts one with its grants. A client is narrowed for all of its grants alike; a key holds what its owner holds,
    for the resources of its own grants."""
    narrowing = next((grant for grant in principal.grants if grant.resources is not None), None)
    if principal.kind == "account":
        await connection.execute(
            f"INSERT INTO access_account ({_COMMON}, email, email_key, name, search_key)"
            f" VALUES ({_VALUES}, $2, $2, $2, $2) ON CONFLICT DO NOTHING",
            principal.id,
            principal.name,
        )
    elif principal.kind == "key":
        await connection.execute(
            f"INSERT INTO access_api_key ({_COMMON}, name, hint, digest, owner_kind, owner_id, resources, verbs,"
            f" expires_at) VALUES ({_VALUES}, $2, 'x', sha256(convert_to($2, 'UTF8')), 'account', $3, $4,"
            " '{read,write}', now() + interval '1 day') ON CONFLICT DO NOTHING",
            principal.id,
            principal.name,
            principal.owner,
            sorted(narrowing.resources or ()) if narrowing else _EVERYTHING,
        )
        return
    else:
        await connection.execute(
            f"INSERT INTO access_client ({_COMMON}, client_id, name, search_key, secrets, scope_kind, resources,"
            f" verbs, ip_allow, sandbox) VALUES ({_VALUES}, CASE $2 WHEN 'secretariat' THEN 'demo-secretariat'"
            " ELSE replace($2, ' ', '-') END, $2, $2, '{}', 'global', $3, $4, '{}', $5) ON CONFLICT DO NOTHING",
            principal.id,
            principal.name,
            sorted(narrowing.resources or ()) if narrowing else ["membership.*"],
            sorted(narrowing.verbs or ()) if narrowing else ["read", "write"],
            principal.sandbox,
        )
    for grant in principal.grants:
        await connection.execute(
            f"INSERT INTO access_grant ({_COMMON}, principal_kind, principal_id, role, scope_kind, scope_id, starts,"
            f" delegated_from) VALUES (uuidv7(), {_VALUES.removeprefix('$1, ')}, $2, $1, $3, $4, $5, '2020-01-01', $6)",
            principal.id,
            str(principal.kind),
            grant.role,
            grant.scope_kind,
            grant.scope_id,
            grant.delegated_from,
        )
