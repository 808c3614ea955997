"""A person links the ORCID iD that they sign in with; nobody else does, and a typed iD is not authenticated."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import Response

from services.membership.app import create_app
from services.membership.settings import MembershipSettings
from tests.membership.register.orcid.conftest import Member, new_orcid
from tests.support.callers import Caller, serving
from tests.support.membership import EXPERTS, entered, expert
from tests.support.orcid import FakeOrcid

NewOwner = Callable[..., Awaitable[Member]]


async def test_a_person_links_the_id_that_they_sign_in_with(
    owner: NewOwner, orcid: FakeOrcid, admin: Caller, anonymous: Caller
) -> None:
    person = await owner(visibility="public")
    orcid.signed_in = person.orcid
    async with httpx.AsyncClient(trust_env=False) as browser:
        led_back = (await browser.get(await person.begin())).headers["location"]
    assert led_back.startswith("https://escm.test/account?")
    query = {name: values[0] for name, values in parse_qs(urlsplit(led_back).query).items()}
    linked = await person.complete(query)
    assert linked.status_code == 200, linked.text
    record = linked.json()
    assert (record["orcid"], record["orcid_authenticated"]) == (person.orcid, True)
    assert record["asserted"]["orcid"]["by"] == "orcid"
    shown = (await anonymous.get(person.path)).json()
    assert (shown["orcid"], shown["orcid_authenticated"]) == (person.orcid, True)
    (line, *_) = (await admin.get(f"{person.path}/history")).json()["items"]
    assert (line["action"], line["by"]["kind"]) == ("orcid_link", "account")
    assert {change["pointer"] for change in line["changes"]} == {"/orcid", "/orcid_authenticated"}


async def test_the_token_of_orcid_is_thrown_away(
    owner: NewOwner, orcid: FakeOrcid, superuser: asyncpg.Connection
) -> None:
    person = await owner()
    await person.link(orcid)
    tables = await superuser.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'escm'")
    for (table,) in tables:
        found = await superuser.fetchval(
            f"SELECT count(*) FROM {table} t WHERE t::text LIKE $1", f"%{orcid.tokens[-1]}%"
        )
        assert found == 0, table


async def test_linking_again_changes_nothing(owner: NewOwner, orcid: FakeOrcid) -> None:
    person = await owner()
    first, second = await person.link(orcid), await person.link(orcid)
    assert first["version"] == second["version"]


async def test_a_state_is_of_one_account_and_one_record(owner: NewOwner, orcid: FakeOrcid) -> None:
    person, stranger = await owner(), await owner()
    body = orcid.sign_in(await person.begin(), person.orcid)
    for refused in (await stranger.complete(body), await stranger.complete({**body, "state": "x" * 43})):
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "state_not_valid")
    assert orcid.asked == [], "ORCID is asked for nobody who did not begin here"
    assert (await person.complete(body)).status_code == 200


async def test_a_state_is_used_once_and_ends_with_its_time_or_the_next_one(
    owner: NewOwner, orcid: FakeOrcid, superuser: asyncpg.Connection
) -> None:
    person = await owner()
    first = await person.begin()
    second = orcid.sign_in(await person.begin(), person.orcid)
    assert (await person.complete(orcid.sign_in(first, person.orcid))).status_code == 422
    assert (await person.complete(second)).status_code == 200
    assert (await person.complete(second)).status_code == 422
    third = orcid.sign_in(await person.begin(), person.orcid)
    await superuser.execute("UPDATE core_mail_token SET until = now() - interval '1 second'")
    assert (await person.complete(third)).status_code == 422


async def test_an_id_that_was_typed_is_not_authenticated(admin: Caller) -> None:
    made = await entered(admin, orcid=new_orcid())
    assert made["orcid_authenticated"] is False
    refused = await admin.post(EXPERTS, expert(orcid=new_orcid(), orcid_authenticated=True))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_field")


async def test_another_id_is_not_authenticated(owner: NewOwner, orcid: FakeOrcid) -> None:
    person = await owner()
    await person.link(orcid)

    async def patched(**fields: Any) -> dict[str, Any]:
        etag = (await person.caller.get(person.path)).headers["etag"]
        changed = await person.caller.patch(person.path, fields, etag=etag)
        assert changed.status_code == 200, changed.text
        return dict(changed.json())

    assert (await patched(keywords=["soil"], orcid=person.orcid))["orcid_authenticated"] is True
    assert (await patched(orcid=new_orcid()))["orcid_authenticated"] is False
    assert (await patched(orcid=person.orcid))["orcid_authenticated"] is False
    await person.link(orcid)
    assert (await patched(orcid=None))["orcid_authenticated"] is False


async def test_the_id_of_an_account_that_is_unlinked_is_not_authenticated(
    owner: NewOwner, orcid: FakeOrcid, admin: Caller
) -> None:
    person = await owner()
    await person.link(orcid)
    freed = await admin.step(person.path, "unlink_account", reason="the wrong person")
    assert (freed.json()["orcid"], freed.json()["orcid_authenticated"]) == (person.orcid, False)


@pytest.mark.usefixtures("worker")
async def test_an_id_that_an_import_brings_is_not_authenticated(
    owner: NewOwner, orcid: FakeOrcid, admin: Caller
) -> None:
    address = f"{uuid4().hex}@example.org"
    person = await owner(emails=[{"value": address}], names=[{"full": "Ines Import"}])
    await person.link(orcid)
    for brought, expected in ((person.orcid, True), (new_orcid(), False)):
        file = f"full_name,country,email,orcid\nInes Import,XA,{address},{brought}\n".encode()
        ordered = await admin.post(
            "/membership/v1/imports", files={"file": ("list.csv", file, "text/csv")}, data={"resource": "experts"}
        )
        assert (await person.ended(ordered, admin))["result"]["counts"]["failed"] == 0
        record = (await admin.get(person.path)).json()
        assert (record["orcid"], record["orcid_authenticated"]) == (brought, expected)


async def test_an_id_that_a_merge_brings_is_not_authenticated(owner: NewOwner, orcid: FakeOrcid, admin: Caller) -> None:
    person = await owner()
    await person.link(orcid)
    for choices, expected in (({}, True), ({"orcid": "loser"}, False)):
        other = await entered(admin, orcid=new_orcid())
        body = {"resource": "experts", "winner_id": person.key, "loser_id": other["id"], "choices": choices}
        assert (await admin.post("/membership/v1/merges", body)).status_code == 201
        assert (await admin.get(person.path)).json()["orcid_authenticated"] is expected


@pytest.mark.usefixtures("worker")
async def test_an_id_of_another_record_is_refused_and_the_office_gets_the_pair(
    owner: NewOwner, orcid: FakeOrcid, admin: Caller
) -> None:
    person = await owner(names=[{"full": "Ana Stone"}])
    other = await entered(admin, orcid=person.orcid, names=[{"full": "Zoltan River"}])
    refused = await person.complete(orcid.sign_in(await person.begin(), person.orcid))
    assert (refused.status_code, refused.json()["code"]) == (409, "orcid_taken")
    assert other["id"] not in refused.text, "the person learns of no other record"
    assert (await admin.get(person.path)).json()["orcid"] is None
    for _ in range(600):
        listed = (await admin.get(f"/membership/v1/duplicates?record={person.key}")).json()["items"]
        if found := [one for one in listed if {one["a"], one["b"]} == {person.key, other["id"]}]:
            break
        await asyncio.sleep(0.1)
    assert found[0]["reasons"] == ["same_orcid"]


async def test_of_two_records_at_once_one_gets_the_id(owner: NewOwner, orcid: FakeOrcid) -> None:
    people = [await owner() for _ in range(3)]
    bodies = [orcid.sign_in(await one.begin(), people[0].orcid) for one in people]
    responses = await asyncio.gather(*(one.complete(body) for one, body in zip(people, bodies, strict=True)))
    assert sorted(response.status_code for response in responses) == [200, 409, 409]


async def test_a_code_that_orcid_refuses_is_not_valid(owner: NewOwner, orcid: FakeOrcid) -> None:
    person = await owner()
    body = orcid.sign_in(await person.begin(), person.orcid)
    refused = await person.complete({**body, "code": "wrong"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/code")
    assert (await person.complete(body)).status_code == 200, "the sign-in may be repeated"


@pytest.mark.parametrize(
    "instead",
    [
        Response(status_code=500),
        Response(status_code=401, content=b"{}"),
        Response(b"<html>", 200),
        Response(b"[]", 200),
        Response(b'{"orcid": 7}', 200),
        Response(status_code=302, headers={"Location": "https://elsewhere.test/"}),
    ],
    ids=lambda response: str(response.status_code),
)
async def test_an_orcid_that_fails_is_a_503_and_the_sign_in_may_be_repeated(
    owner: NewOwner, orcid: FakeOrcid, instead: Response
) -> None:
    person = await owner()
    body = orcid.sign_in(await person.begin(), person.orcid)
    orcid.instead = instead
    failed = await person.complete(body)
    assert (failed.status_code, failed.json()["code"]) == (503, "upstream_unavailable")
    assert int(failed.headers["retry-after"]) > 0
    orcid.instead = None
    assert (await person.complete(body)).status_code == 200


async def test_nobody_links_for_another(
    owner: NewOwner, orcid: FakeOrcid, caller: Callable[[str | None], Caller]
) -> None:
    person, stranger = await owner(visibility="public"), await owner()
    body = orcid.sign_in(await person.begin(), person.orcid)
    calls = (("orcid_link", None), ("orcid_link/complete", body), ("orcid_import", None))
    for name, status in (("admin", 403), ("officer", 403), ("secretariat", 403), ("auditor", 403), (None, 401)):
        for tail, json in calls:
            assert (await caller(name).post(f"{person.path}/{tail}", json)).status_code == status, (name, tail)
    for tail, json in calls:
        assert (await stranger.caller.post(f"{person.path}/{tail}", json)).status_code == 403


async def test_nobody_has_orcid_asked_without_end(owner: NewOwner) -> None:
    person = await owner()
    statuses = [(await person.caller.post(f"{person.path}/orcid_link")).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


async def test_without_settings_orcid_is_not_configured(owner: NewOwner, database_url: str, redis_url: str) -> None:
    person = await owner()
    settings = MembershipSettings(database_url=database_url, redis_url=redis_url)
    async with serving(create_app(settings)) as client:
        bare = Caller(client, person.caller.name)
        for tail, json in (
            ("orcid_link", None),
            ("orcid_link/complete", {"code": "x", "state": "x"}),
            ("orcid_import", None),
        ):
            refused = await bare.post(f"{person.path}/{tail}", json)
            assert (refused.status_code, refused.json()["code"]) == (503, "orcid_not_configured")
