"""A ministry's focal point brings in two colleagues and a client, hands over and leaves."""

from typing import Any
from uuid import uuid4

import httpx

from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Client, Person, eventually

COUNTRY = "FJ"
_ACCESS = V1["access"]
_SCOPE = {"scope_kind": "country", "scope_id": COUNTRY}


def _focal_point(world: World, name: str) -> tuple[Person, str]:
    """A person whom the secretariat entered as focal point and who has accepted, and the address of the office."""
    person = world.person(name)
    body = {"names": [{"full": name}], "country": COUNTRY, "emails": [{"value": person.email}]}
    expert = person.create(f"{V1['membership']}/experts", body)
    for action in ("start_review", "approve"):
        world.secretariat.step(expert["links"]["self"], action)
    office = {"country": COUNTRY, "person": {"expert_id": expert["id"]}}
    point = str(world.secretariat.create(f"{V1['actions']}/focal_points", office)["links"]["self"])
    world.secretariat.step(point, "accept")
    eventually(lambda: "government_focal_point" in person.roles)
    return person, point


def _colleague(world: World, focal_point: Person, name: str) -> Person:
    """A person whom the focal point invited, who chose a password and has a national role."""
    colleague = world.person(name, focal_point, country=COUNTRY)
    holder = {"kind": "account", "id": colleague.account}
    focal_point.create(f"{_ACCESS}/grants", {"principal": holder, "role": "national_author", **_SCOPE})
    eventually(lambda: "national_author" in colleague.roles)
    return colleague


def _client(world: World, running: dict[str, Any], focal_point: Person) -> tuple[Client, str]:
    """A client that the focal point proposed and an administrator confirmed, and its address."""
    body = {"name": "Ministry portal", **_SCOPE, "resources": ["membership.*"], "verbs": ["read"]}
    made = focal_point.create(f"{_ACCESS}/clients", body)
    link = str(made["links"]["self"])
    credentials = {"id": made["client_id"], "secret": made["secret"]}
    token, form = f"{running['base_url']}{_ACCESS}/oauth/token", {"grant_type": "client_credentials"}
    assert httpx.post(token, data=form, auth=tuple(credentials.values()), trust_env=False).status_code == 401
    assert focal_point.try_step(link, "confirm").status_code == 403
    assert world.caller("admin").step(link, "confirm")["status"] == "active"
    return Client(running["base_url"], credentials), link


def test_a_ministry_brings_in_colleagues_and_a_client_and_hands_over(world: World, running: dict[str, Any]) -> None:
    fay, first = _focal_point(world, "Fay First")
    colleagues = [_colleague(world, fay, name) for name in ("Carla Colleague", "Cem Colleague")]
    client, portal = _client(world, running, fay)
    assert client.get(f"{_ACCESS}/me")["grants"][0]["resources"] == ["membership.*"]

    sue, second = _focal_point(world, "Sue Successor")
    fay.step(first, "hand_over", fields={"until": day(30)})
    world.secretariat.step(first, "end")
    eventually(lambda: "government_focal_point" not in fay.roles)
    late = {"email": f"{uuid4().hex}@example.org", "name": "Late", "country": COUNTRY}
    assert fay.send("POST", f"{_ACCESS}/accounts", json=late).status_code == 403
    accounts = {account["id"] for account in sue.get(f"{_ACCESS}/accounts")["items"]}
    assert {colleague.account for colleague in colleagues} <= accounts
    carla, cem = colleagues
    assert carla.roles == cem.roles == {"national_author"}
    assert sue.step(f"{_ACCESS}/accounts/{cem.account}", "suspend", reason="Left")["status"] == "suspended"
    assert "api_client" in client.roles

    world.secretariat.step(second, "end")
    states = (f"{_ACCESS}/accounts/{carla.account}", f"{_ACCESS}/accounts/{cem.account}", portal)
    eventually(lambda: {world.secretariat.get(each)["status"] for each in states} == {"suspended"})
    eventually(lambda: client.look(f"{_ACCESS}/me").status_code == 401)
    assert [world.secretariat.get(each)["suspended_by"] for each in states] == ["system", "country", "system"]

    theo, _ = _focal_point(world, "Theo Third")
    for each in states:
        theo.step(each, "reinstate")
    eventually(lambda: carla.roles == {"national_author"})
    eventually(lambda: client.look(f"{_ACCESS}/me").status_code == 200)
    client.close()
