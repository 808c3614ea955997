"""The role that reads everything has its own password, and in production never that of the relay."""

from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from migrations.roles import LOGINS, prepare
from shared.configuration.settings import Settings


@pytest.mark.parametrize(
    ("environment", "own", "opens"),
    [
        ("production", None, ()),
        ("production", "a password of its own", ("a password of its own",)),
        ("laptop", None, ("the password of the roles",)),
    ],
)
async def test_the_relays_password_opens_the_backup_role_on_a_laptop_only(
    database_url: str, environment: str, own: str | None, opens: tuple[str, ...]
) -> None:
    prefix = f"shut{uuid4().hex[:12]}"  # the databases of all parallel tests share the roles
    settings = Settings(
        database_url=database_url, role_prefix=prefix, role_password=SecretStr("the password of the roles")
    )
    settings = settings.model_copy(
        update={"environment": environment, "backup_password": SecretStr(own) if own else None}
    )
    connection = await asyncpg.connect(database_url)
    try:
        await prepare(connection, settings)
        for password in ("the password of the roles", "a password of its own"):
            tried = settings.model_copy(update={"backup_password": SecretStr(password)})
            assert await _lets_in(tried.database_dsn("backup")) is (password in opens)
        for name in (*LOGINS, "backup", "search", "owner"):
            await connection.execute(f"DROP OWNED BY {prefix}_{name}")
            await connection.execute(f"DROP ROLE {prefix}_{name}")
    finally:
        await connection.close()


async def _lets_in(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close()
    return True
