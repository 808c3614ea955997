"""The cluster's roles and the shared schema, created before Alembic runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from pydantic import SecretStr

from shared.configuration.addresses import DatabaseAddress
from shared.configuration.settings import Settings, variable
from shared.database.maintenance import IS_FENCED
from shared.database.pool import limits_of_sessions
from shared.database.servers import connect
from shared.database.tables import SCHEMA

_SERVICES = ("membership", "centres", "actions", "access")
LOGINS = (*_SERVICES, "relay", "readonly")
_LOCK = 0x4553434D
EXTENSIONS = ("pg_trgm", "btree_gist")


class UnfitDatabase(Exception):
    """The database cannot hold this system; the message says what to do."""


def role(settings: Settings, name: str) -> str:
    """The role's name in the cluster."""
    return f"{settings.role_prefix}_{name}"


@asynccontextmanager
async def cluster_lock(database_url: str) -> AsyncIterator[None]:
    """A lock in `postgres`, because roles belong to the cluster and migrators of all its databases must wait for one
    another.

    If that database cannot be connected to, the lock is taken in the own one.
    """
    try:
        connection = await connect(str(DatabaseAddress.of(database_url).with_database("postgres")))
    except (
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InsufficientPrivilegeError,
        asyncpg.InvalidCatalogNameError,
    ):
        connection = await connect(database_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        yield
    finally:
        await connection.close()


async def prepare(connection: asyncpg.Connection, settings: Settings) -> None:
    """Creates missing roles, extensions and the schema; sets the passwords of the logins.

    Raises UnfitDatabase if the locale gives no trigrams for names in other scripts.
    """
    await _ensure_role(connection, role(settings, "owner"), "NOLOGIN")
    await _ensure_role(connection, role(settings, "search"), "NOLOGIN")
    own = f"{role(settings, 'search')} TO {role(settings, 'owner')}"
    await connection.execute(f"GRANT {own} WITH SET TRUE, INHERIT FALSE")
    for name in LOGINS:
        await _ensure_role(connection, role(settings, name), "LOGIN")
        await _set_password(connection, settings, name)
    for name in _SERVICES:
        await _set_limits(connection, role(settings, name))
    if await _may_bypass(connection):
        await _ensure_role(connection, role(settings, "backup"), "LOGIN BYPASSRLS")
        await _set_backup_password(connection, settings)
    for extension in EXTENSIONS:
        await connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
    if not await connection.fetchval("SELECT public.show_trgm('Иванов')"):
        raise UnfitDatabase(
            "This database's LC_CTYPE gives names in other scripts no trigrams. Create it with "
            "--locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=C.UTF-8 --lc-collate=C."
        )
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA} AUTHORIZATION {role(settings, 'owner')}")
    await connection.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role(settings, 'search')}")
    if not await connection.fetchval(IS_FENCED):
        await let_in(connection, settings)


async def logins(connection: asyncpg.Connection, settings: Settings) -> list[str]:
    """The login roles of this system that exist in the cluster."""
    names = [role(settings, name) for name in (*LOGINS, "backup")]
    return [row[0] for row in await connection.fetch("SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", names)]


async def let_in(connection: asyncpg.Connection, settings: Settings) -> None:
    """Lets the roles of the services use the schema, and the role of backups read all of it."""
    roles = await logins(connection, settings)
    await connection.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {', '.join(roles)}")
    if role(settings, "backup") in roles:
        await _let_read_all(connection, role(settings, "owner"), role(settings, "backup"))


async def _let_read_all(connection: asyncpg.Connection, owner: str, reader: str) -> None:
    """Lets `reader` read all present and future tables that the owner has in the schema."""
    for kind in ("TABLES", "SEQUENCES"):
        await connection.execute(f"GRANT SELECT ON ALL {kind} IN SCHEMA {SCHEMA} TO {reader}")
        defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {SCHEMA}"
        await connection.execute(f"{defaults} GRANT SELECT ON {kind} TO {reader}")


async def _ensure_role(connection: asyncpg.Connection, name: str, attributes: str) -> None:
    if await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        return
    for _ in range(5):
        try:
            await connection.execute(f"CREATE ROLE {name} {attributes}")
            break
        except asyncpg.DuplicateObjectError:
            break
        except asyncpg.UniqueViolationError:
            await asyncio.sleep(0.2)
    if not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        await connection.execute(f"GRANT {name} TO CURRENT_USER WITH SET TRUE, INHERIT TRUE")


async def _set_limits(connection: asyncpg.Connection, name: str) -> None:
    """Sets the limits of the role's sessions, for those that a pooler begins."""
    for limit, value in limits_of_sessions().items():
        await connection.execute(f"ALTER ROLE {name} SET {limit} = '{value}'")


async def _set_backup_password(connection: asyncpg.Connection, settings: Settings) -> None:
    """Sets the password of the role that reads everything. In production without one, the role cannot log in."""
    if settings.environment == "production" and settings.backup_password is None:
        await connection.execute(f"ALTER ROLE {role(settings, 'backup')} PASSWORD NULL")
    else:
        await _set_password(connection, settings, "backup", settings.backup_password)


async def _set_password(
    connection: asyncpg.Connection, settings: Settings, name: str, given: SecretStr | None = None
) -> None:
    own = given.get_secret_value() if given else variable(f"ESCM_{name.upper()}_DATABASE_PASSWORD")
    secret = own or settings.role_password.get_secret_value()
    statement = await connection.fetchval(
        "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", role(settings, name), secret
    )
    await connection.execute(statement)


async def _may_bypass(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"))
