"""A person adds, confirms, names and removes second factors of their own account."""

from typing import Any
from uuid import uuid4

import pyotp

from tests.access.caller import Caller


class Person:
    """A person with a token for their password."""

    def __init__(self, caller: Caller, email: str, password: str, token: str, account: str) -> None:
        self.caller, self.email, self.password, self.account = caller, email, password, account
        self._headers = {"Authorization": f"Bearer {token}"}

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        return await self.caller.http.request(
            method, f"/access/v1{path}", json=json, headers={**self._headers, **headers}
        )

    async def add(self, kind: str, name: str = "My phone") -> dict[str, Any]:
        made = await self.send("POST", "/factors", {"kind": kind, "name": name})
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def confirm(self, factor: dict[str, Any], **fields: Any) -> Any:
        tag = {"If-Match": f'"{factor["version"]}"'}
        body = {"action": "confirm", "fields": fields}
        return await self.send("POST", f"/factors/{factor['id']}/transitions", body, **tag)


async def a_person(caller: Caller) -> Person:
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    made = await caller.enter_person(email, password)
    token = (await caller.log_in(email, password)).json()["access_token"]
    return Person(caller, email, password, token, made.json()["id"])


async def test_a_person_adds_an_app(caller: Caller) -> None:
    person = await a_person(caller)
    factor = await person.add("totp")
    assert (factor["status"], factor["kind"], factor["account_id"]) == ("pending", "totp", person.account)
    assert factor["otpauth"].startswith("otpauth://totp/")
    shown = (await person.send("GET", f"/factors/{factor['id']}")).json()
    assert (shown["secret"], shown["otpauth"]) == (None, None)
    wrong = await person.confirm(factor, code="000000")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "code_not_valid")
    right = await person.confirm(factor, code=pyotp.TOTP(factor["secret"]).now())
    assert (right.status_code, right.json()["status"]) == (200, "active"), right.text
    (listed,) = (await person.send("GET", "/factors?status=active")).json()["items"]
    assert listed["id"] == factor["id"]
