"""Who asks to represent an institution has a proposed grant and no role until an officer of its country confirms it."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.access.caller import Caller
from tests.support.callers import Caller as Members
from tests.support.institutions import verified

LETTER = {"title": "Letter of the rector", "date": "2026-11-02", "url": "https://example.org/letter.pdf"}
_PASSWORD = "four quiet words today"


@pytest.fixture
async def host(members: Members) -> dict[str, Any]:
    """An institution of Alphaland (XA) with the domain of the addresses of `_person`."""
    return await verified(members, f"Host {uuid4().hex[:12]}", domains=["varn.example"], visibility="public")


async def _person(caller: Caller, domain: str = "varn.example", verifying: asyncpg.Connection | None = None) -> str:
    """Somebody with an address of a domain and no role; their name for `caller`."""
    email = f"{uuid4().hex}@{domain}"
    made = await caller.enter_person(email, _PASSWORD)
    if verifying is not None:
        await verifying.execute("UPDATE access_account SET email_verified = true WHERE email_key = $1", email)
    caller.accounts[email] = {"username": email, "password": _PASSWORD, "account_id": made.json()["id"]}
    return email


def _body(caller: Caller, who: str, institution: str, **more: Any) -> dict[str, Any]:
    holder = {"kind": "account", "id": caller.accounts[who]["account_id"]}
    scope = {"scope_kind": "institution", "scope_id": institution}
    return {"principal": holder, "role": "institution_representative", **scope, **more}


async def test_asking_gives_no_role(caller: Caller, host: dict[str, Any], superuser: asyncpg.Connection) -> None:
    who = await _person(caller, "mail.varn.example", superuser)
    asked = await caller.send(who, "POST", "/grants", _body(caller, who, host["id"]))
    assert asked.status_code == 201, asked.text
    assert (asked.json()["status"], asked.json()["proof"]) == ("proposed", "address")
    assert (await caller.send(who, "GET", "/me")).json()["grants"] == []
    link = asked.json()["links"]["self"]
    assert (await caller.step(who, link, "confirm")).status_code == 403
    assert (await caller.step("officer", link, "confirm")).json()["status"] == "active"
    again = await caller.send(who, "POST", "/grants", _body(caller, who, host["id"]))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({}, "/letter"),
        ({"letter": {**LETTER, "url": None, "evidence_id": str(uuid4())}}, "/letter/evidence_id"),
        ({"letter": LETTER, "scope_id": str(uuid4())}, "/scope_id"),
    ],
)
@pytest.mark.parametrize("is_verified", [True, False])
async def test_asking_needs_an_institution_and_a_proof(
    caller: Caller,
    host: dict[str, Any],
    superuser: asyncpg.Connection,
    more: dict[str, Any],
    pointer: str,
    *,
    is_verified: bool,
) -> None:
    domain, verifying = ("notvarn.example", superuser) if is_verified else ("varn.example", None)
    who = await _person(caller, domain, verifying)
    refused = await caller.send(who, "POST", "/grants", _body(caller, who, host["id"], **more))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_nobody_asks_for_another_role_or_for_somebody_else(caller: Caller, host: dict[str, Any]) -> None:
    who, other = await _person(caller), await _person(caller)
    national = {"role": "national_author", "scope_kind": "country", "scope_id": "XA"}
    for body in (_body(caller, other, host["id"]), {**_body(caller, who, host["id"]), **national}):
        assert (await caller.send(who, "POST", "/grants", body)).status_code == 403
    letter = await caller.send("officer", "POST", "/grants", _body(caller, who, host["id"], letter=LETTER))
    assert (letter.status_code, letter.json()["errors"][0]["pointer"]) == (422, "/letter")


async def test_an_officer_appoints_in_their_countries_alone(caller: Caller, members: Members) -> None:
    who = await _person(caller)
    for country, status in (("XA", 201), ("GD", 403)):
        host = await verified(members, f"Host {uuid4().hex[:12]}", country=country)
        made = await caller.send("officer", "POST", "/grants", _body(caller, who, host["id"]))
        assert made.status_code == status, made.text


async def test_a_refused_request_may_be_taken_back_and_made_again(caller: Caller, host: dict[str, Any]) -> None:
    who = await _person(caller, "elsewhere.example")
    for by in ("officer", who):
        asked = await caller.send(who, "POST", "/grants", _body(caller, who, host["id"], letter=LETTER))
        assert (asked.status_code, asked.json()["proof"]) == (201, "letter"), asked.text
        ended = await caller.step(by, asked.json()["links"]["self"], "revoke", reason="Not of the institution")
        assert ended.json()["status"] == "revoked", ended.text
