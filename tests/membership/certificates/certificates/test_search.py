"""Offices find certificates by the folded name of their holder, within what they read."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg

from services.membership.protection.erasures.removal import remove_certificates
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES, At, Member, issued, participation
from tests.support.callers import Caller
from tests.support.membership import entered


async def _found(caller: Caller, **query: Any) -> list[str]:
    response = await caller.get(CERTIFICATES, params=query)
    assert response.status_code == 200, response.text
    return [one["id"] for one in response.json()["items"]]


async def test_a_certificate_is_found_by_the_folded_name_of_its_holder(admin: Caller, caller: At) -> None:
    family = f"Szabó{uuid4().hex[:12]}"
    names = [{"given": "Ádám", "family": family}]
    people = [await entered(admin, country=country, names=names) for country in ("XA", "XC")]
    made = [await issued(admin, await participation(admin, one["id"])) for one in people]
    ids = sorted(one["id"] for one in made)
    for q in (family, family.upper().replace("Ó", "O"), f"adam {family.lower()}", family[2:]):
        assert sorted(await _found(admin, q=q)) == ids, q
    assert await _found(admin, q=family, country="XC") == [made[1]["id"]]
    assert await _found(caller("officer"), q=family) == [made[0]["id"]]
    assert await _found(admin, q=f"{family}x") == []
    assert (await admin.get(CERTIFICATES, params={"q": "--"})).status_code == 400
    shown = (await admin.get(CERTIFICATES, params={"q": family, "include": "total_estimate"})).json()
    assert shown["total_estimate"] == 2
    assert "search_key" not in shown["items"][0]


async def test_a_holder_searches_the_own_ones_alone(admin: Caller, member: Member) -> None:
    family = f"Okri{uuid4().hex[:12]}"
    who, record = await member(names=[{"given": "Ben", "family": family}])
    _, other = await member(names=[{"given": "Ada", "family": family}])
    own, _ = [await issued(admin, await participation(admin, one["id"])) for one in (record, other)]
    assert await _found(who, q=family) == [own["id"]]


async def test_the_name_is_found_no_more_once_it_is_erased(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    family = f"Moor{uuid4().hex[:12]}"
    expert = await entered(admin, names=[{"given": "Ina", "family": family}])
    made = await issued(admin, await participation(admin, expert["id"]))
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await remove_certificates(uow, [UUID(expert["id"])])
    assert await _found(admin, q=family) == []
    row = await superuser.fetchrow("SELECT * FROM member_certificate WHERE id = $1", UUID(made["id"]))
    assert (row["status"], row["holder_name"], row["search_key"]) == ("revoked", "", "")
