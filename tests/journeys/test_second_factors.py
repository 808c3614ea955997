"""An officer merges two records through a client: the system asks for a second factor, and the officer comes back.

Then the officer loses the telephone, and two administrators remove the factor.
"""

import asyncio
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp

from tests.journeys.paths.world import World
from tests.support.running import Person, eventually
from tests.support.signing_in import BACK, Site, Visitor, answer_of

EXPERTS = "/membership/v1/experts"


def _mails_to(running: dict[str, Any], address: str, holding: str) -> list[Path]:
    """The mails to an address that contain a text."""
    found = []
    for path in Path(running["folder"], "mail").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if mail["To"] == address and holding in str(mail.get_body(("plain",))):
            found.append(path)
    return found


def _expert(officer: Person, name: str) -> str:
    made = officer.create(EXPERTS, {"names": [{"full": name}], "country": "GD"})
    return str(made["id"])


async def _walk(officer: Person, client: dict[str, Any], winner: str, loser: str) -> pyotp.TOTP:
    """Merges through the client, with a second factor once it is asked for. Returns the app."""
    async with httpx.AsyncClient(base_url=officer.base_url, trust_env=False, timeout=60) as http:
        visitor = Visitor(http, officer.login["username"], officer.login["password"])
        site = Site(http, client["client_id"], client)
        body = {"resource": "experts", "winner_id": winner, "loser_id": loser}

        async def merge(tokens: dict[str, Any]) -> httpx.Response:
            headers = {"Authorization": f"Bearer {tokens['access_token']}", "Idempotency-Key": uuid4().hex}
            return await http.post("/membership/v1/merges", json=body, headers=headers)

        refused = await merge(await site.tokens(visitor))
        assert refused.status_code == 401, refused.text
        problem = refused.json()
        assert problem["code"] == "insufficient_user_authentication"
        asked = {"acr_values": problem["acr_values"], "max_age": str(problem["max_age"])}
        page = await visitor.follow(await visitor.get(site.address(**asked)))
        page = await visitor.follow(await visitor.sign_in(page))
        page = await visitor.fill(page, {"action": "add_totp", "name": "Telephone"})
        app = pyotp.TOTP(page.text.split('<code dir="ltr">')[1].split("<")[0])
        factor = page.text.split('value="confirm_factor ')[1].split('"')[0]
        done = await visitor.fill(page, {"action": f"confirm_factor {factor}", "code": app.now()})
        code = answer_of(await visitor.follow(done))["code"]
        merged = await merge((await site.exchange(code)).json())
        assert merged.status_code == 201, merged.text
        return app


def test_an_officer_steps_up_for_a_merge_and_loses_the_telephone(world: World, running: dict[str, Any]) -> None:
    officer = world.official("GD", "secretariat_officer")
    place = {"scope_kind": "global", "resources": ["membership.*", "access.*"], "verbs": ["read", "write"]}
    client = world.caller("admin", "GD").create(
        "/access/v1/clients", {"name": "Desk", **place, "public": True, "redirect_uris": [BACK]}
    )
    winner, loser = _expert(officer, "Amina Step"), _expert(officer, "Amina Stepp")
    asyncio.run(_walk(officer, client, winner, loser))
    admin, second = world.caller("admin", "GD"), world.caller("admin2", "GD")
    (factor,) = admin.get("/access/v1/factors", account_id=officer.account, status="active")["items"]
    assert (factor["name"], factor["secret"]) == ("Telephone", None)
    proposed = admin.send("DELETE", factor["links"]["self"])
    assert proposed.status_code == 202, proposed.text
    confirmed = second.send("POST", proposed.json()["links"]["self"], json={"decision": "confirm"})
    assert confirmed.json()["status"] == "removed", confirmed.text
    events = [one["event"] for one in eventually(lambda: _notices(officer))]
    assert events == ["factor.removed"]
    assert eventually(lambda: _mails_to(running, officer.email, "second factor"))
    sessions = officer.get("/access/v1/sessions")["items"]
    assert all(one["client"] is None for one in sessions), "the sessions of the client have ended"


def _notices(officer: Person) -> list[dict[str, Any]]:
    items = officer.get("/access/v1/notifications")["items"]
    return [one for one in items if one["event"].startswith("factor.")]
