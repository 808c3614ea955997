"""A person adds, confirms, names and removes second factors of their own account."""

import asyncpg

from tests.access.caller import Caller
from tests.access.factors.persons import a_person


async def test_a_person_adds_an_app_whose_secret_is_shown_once(caller: Caller) -> None:
    person = await a_person(caller)
    factor = await person.add("totp")
    assert (factor["status"], factor["kind"], factor["account_id"]) == ("pending", "totp", person.account)
    assert factor["otpauth"].startswith("otpauth://totp/")
    shown = (await person.send("GET", f"/factors/{factor['id']}")).json()
    assert [shown[name] for name in ("secret", "otpauth", "options", "codes")] == [None] * 4
    wrong = await person.step_of(factor, "confirm", code="000000")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code_not_valid")
    person.secret = factor["secret"]
    right = await person.step_of(factor, "confirm", code=person.code())
    assert (right.status_code, right.json()["status"]) == (200, "active"), right.text
    (listed,) = (await person.send("GET", "/factors?status=active")).json()["items"]
    assert listed["id"] == factor["id"]
    again = await person.send("POST", "/factors", {"kind": "totp", "name": "x"})
    assert (again.status_code, again.json()["reason"]) == (409, "too_many_factors")


async def test_a_waiting_factor_is_replaced_and_ends_after_ten_minutes(
    caller: Caller, superuser: asyncpg.Connection
) -> None:
    person = await a_person(caller)
    first, second = await person.add("totp"), await person.add("totp")
    assert (await person.send("GET", f"/factors/{first['id']}")).json()["status"] == "removed"
    await superuser.execute(
        "UPDATE access_factor SET created_at = created_at - interval '11 minutes' WHERE ref = $1", second["ref"]
    )
    person.secret = second["secret"]
    late = await person.step_of(second, "confirm", code=person.code())
    assert (late.status_code, late.json()["code"]) == (422, "code_not_valid")


async def test_a_replayed_creation_shows_no_secret(caller: Caller) -> None:
    person = await a_person(caller)
    body, key = {"kind": "totp", "name": "x"}, {"Idempotency-Key": "one"}
    made, again = [await person.send("POST", "/factors", body, **key) for _ in range(2)]
    assert made.json()["id"] == again.json()["id"]
    assert (bool(made.json()["secret"]), again.json()["secret"]) == (True, None)


async def test_a_person_names_and_removes_their_own_alone(caller: Caller) -> None:
    person, other = await a_person(caller), await a_person(caller)
    factor = await person.with_app()
    path = f"/factors/{factor['id']}"
    tag = {"If-Match": (await person.send("GET", path)).headers["etag"]}
    named = await person.send("PATCH", path, {"name": "Telephone"}, **tag)
    assert (named.status_code, named.json()["name"]) == (200, "Telephone")
    assert (await other.send("DELETE", path)).status_code == 404
    for name, status in (("expert", 404), ("auditor", 403)):
        assert (await caller.send(name, "DELETE", path)).status_code == status, name
    codes = await person.add("recovery_codes")
    assert (len(codes["codes"]), codes["status"]) == (10, "active")
    assert (await person.send("DELETE", path)).status_code == 204
    assert (await person.send("DELETE", path)).status_code == 204
    states = {one["status"] for one in (await person.send("GET", "/factors")).json()["items"]}
    assert states == {"removed"}, "recovery codes stand in for nothing"
    history = (await person.send("GET", f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["remove", "update", "confirm", "create"]
    assert factor["secret"] not in str(history)


async def test_clients_and_keys_have_no_factors(caller: Caller) -> None:
    refused = await caller.send("secretariat", "POST", "/factors", {"kind": "totp", "name": "x"})
    assert refused.status_code == 404
    person = await a_person(caller)
    body = {"name": "x", "resources": ["access.*"], "verbs": ["read", "write"]}
    key = (await person.send("POST", "/api_keys", body)).json()["secret"]
    person.token = key
    refused = await person.send("POST", "/factors", {"kind": "totp", "name": "x"}, **{"Idempotency-Key": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_a_person")


async def test_the_database_has_no_secret_in_clear(caller: Caller, superuser: asyncpg.Connection) -> None:
    person = await a_person(caller)
    await person.with_app()
    codes = (await person.add("recovery_codes"))["codes"]
    stored = ""
    for table in ("access_factor", "access_factor_secret", "core_audit", "core_outbox", "core_idempotency"):
        exists = await superuser.fetchval("SELECT to_regclass($1)", f"escm.{table}")
        rows = await superuser.fetch(f"SELECT t::text FROM {table} t") if exists else []
        stored += "".join(row[0] for row in rows)
    hidden = [person.secret, *codes, *(code.replace("-", "") for code in codes)]
    assert person.account in stored
    assert [one for one in hidden if one in stored or one.encode().hex() in stored] == []
