"""People and clients for the tests of signing in."""

from typing import Any
from uuid import uuid4

from tests.access.caller import Caller
from tests.support.signing_in import BACK, Site, Visitor


async def a_visitor(caller: Caller) -> Visitor:
    """A person with an account and a password."""
    email, password = f"{uuid4().hex}@example.org", uuid4().hex
    await caller.enter_person(email, password)
    return Visitor(caller.http, email, password)


async def a_site(caller: Caller, **changed: Any) -> Site:
    """A public client that the administrator enters."""
    body = {
        "name": "Desk of a ministry",
        "scope_kind": "global",
        "resources": ["membership.experts", "access.sessions"],
        "verbs": ["read", "write"],
        "public": True,
        "redirect_uris": [BACK],
        **changed,
    }
    made = await caller.send("admin", "POST", "/clients", body)
    assert made.status_code == 201, made.text
    record = made.json()
    return Site(caller.http, record["client_id"], record, record["secret"], back=body["redirect_uris"][0])
