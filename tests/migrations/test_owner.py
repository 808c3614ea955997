"""The owner of a database migrates it without being a superuser, as with a PostgreSQL that an operator runs."""

from uuid import uuid4

import asyncpg
import pytest
from pydantic import SecretStr

from migrations.roles import LOGINS
from migrations.run import migrate
from shared.configuration.settings import Settings
from tests.support.databases import shape


@pytest.mark.long("takes every migration up")
async def test_an_owner_who_may_create_roles_and_bypass_security_migrates(
    test_servers: dict[str, str], database_url: str
) -> None:
    name = f"owned{uuid4().hex[:12]}"
    server = test_servers["postgres"]
    url = f"postgresql://{name}:of-the-owner@{server.rpartition('@')[2].partition('/')[0]}/{name}"
    settings = Settings(database_url=url, role_prefix=name, role_password=SecretStr("the password of the roles"))
    superuser = await asyncpg.connect(server)
    try:
        await superuser.execute(f"CREATE ROLE {name} LOGIN CREATEROLE BYPASSRLS PASSWORD 'of-the-owner'")
        await superuser.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0")
        await migrate(url, settings)
        await migrate(url, settings)
        kinds = [line.partition(" ")[0] for line in await shape(url)]
        assert kinds == [line.partition(" ")[0] for line in await shape(database_url)]
        reader = await asyncpg.connect(settings.database_dsn("backup"))
        assert await reader.fetchval("SELECT count(*) FROM escm.member_expert") == 0
        await reader.close()
        await superuser.execute(f"DROP DATABASE {name}")
        for role in (*(f"{name}_{each}" for each in (*LOGINS, "backup", "search", "owner")), name):
            await superuser.execute(f"DROP ROLE {role}")
    finally:
        await superuser.close()
