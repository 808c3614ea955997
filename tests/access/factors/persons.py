"""People with second factors, over HTTP and in a browser."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pyotp

from tests.access.caller import Caller
from tests.support.signing_in import ACCOUNT, FACTOR, SIGN_IN, Visitor


@dataclass
class Person:
    """A person with a token for their password, and a browser."""

    caller: Caller
    visitor: Visitor
    token: str
    account: str
    secret: str = ""
    step: int = field(default=0)

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.token}", **headers}
        return await self.caller.http.request(method, f"/access/v1{path}", json=json, headers=given)

    async def add(self, kind: str, name: str = "My phone") -> dict[str, Any]:
        made = await self.send("POST", "/factors", {"kind": kind, "name": name})
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def step_of(self, factor: dict[str, Any], action: str, **fields: Any) -> Any:
        """A transition of a factor as it is now."""
        tag = (await self.send("GET", f"/factors/{factor['id']}")).headers["etag"]
        body = {"action": action, "fields": fields}
        return await self.send("POST", f"/factors/{factor['id']}/transitions", body, **{"If-Match": tag})

    async def with_app(self) -> dict[str, Any]:
        """Adds an app and confirms it; again if the period of the first code ends meanwhile."""
        factor = await self.add("totp")
        self.secret = factor["secret"]
        done = await self.step_of(factor, "confirm", code=self.code())
        if done.status_code == 422:
            done = await self.step_of(factor, "confirm", code=self.code())
        assert done.status_code == 200, done.text
        return factor

    def code(self, *, later: int = 0) -> str:
        """A code that the app shows and that was not used."""
        present = int(datetime.now(UTC).timestamp()) // 30
        self.step = max(self.step + 1, present - 1) + later
        assert self.step <= present + 1, "an app shows three unused codes at most"
        return pyotp.TOTP(self.secret).generate_otp(self.step)

    async def to_second_step(self, address: str = SIGN_IN) -> Any:
        """The page after the password."""
        page = await self.visitor.follow(await self.visitor.get(address))
        page = await self.visitor.follow(await self.visitor.sign_in(page))
        assert FACTOR in str(page.request.url), page.request.url
        return page

    async def come(self) -> Any:
        """Signs in with the app, without a client."""
        page = await self.to_second_step()
        return await self.visitor.follow(await self.visitor.fill(page, {"code": self.code()}))


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, unverified."""
    part = token.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


async def a_person(caller: Caller) -> Person:
    """A person without a factor."""
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    made = await caller.enter_person(email, password)
    token = (await caller.log_in(email, password)).json()["access_token"]
    return Person(caller, Visitor(caller.http, email, password), token, made.json()["id"])


async def named(person: Person, action: str) -> str:
    """The value of a button of the account page."""
    page = await person.visitor.get(ACCOUNT)
    found = re.search(rf'value="({action} [0-9a-f-]+)"', page.text)
    assert found, page.text
    return found[1]
