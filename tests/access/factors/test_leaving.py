"""What is stored of second factors is exported without secrets, and goes with the person."""

from uuid import UUID

import asyncpg

from services.access.erasing import erase_account
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.access.caller import Caller
from tests.access.factors.persons import a_person

_EXPORTED = "SELECT record::text FROM access_published_personal WHERE person = $1::uuid AND part = 'factors'"


async def test_the_export_about_a_person_lists_factors_without_secrets(
    caller: Caller, superuser: asyncpg.Connection
) -> None:
    person = await a_person(caller)
    factor = await person.with_app()
    async with superuser.transaction():
        await superuser.execute("SET LOCAL escm.visibilities = 'restricted'")
        (row,) = await superuser.fetch(_EXPORTED, person.account)
    assert factor["ref"] in row["record"]
    assert "My phone" in row["record"]
    assert person.secret not in row["record"]
    assert "sealed" not in row["record"]


async def test_an_erasure_removes_factors_and_what_proves_them(
    caller: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    person = await a_person(caller)
    await person.with_app()
    await person.add("recovery_codes", "Paper in my desk")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await erase_account(uow, UUID(person.account))
    rows = await superuser.fetch("SELECT status, name FROM access_factor WHERE account_id = $1::uuid", person.account)
    assert {(row["status"], row["name"]) for row in rows} == {("removed", "")}
    left = "SELECT count(*) FROM access_factor_secret WHERE account_id = $1::uuid"
    assert await superuser.fetchval(left, person.account) == 0
