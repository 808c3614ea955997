"""Who takes part in an edition of the Global Report, over the API alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Client, Person, eventually

ACTIONS = V1["actions"]
Record = dict[str, Any]


def new_edition(admin: Client, year: int, outline: list[Record], **more: Any) -> Record:
    """An edition whose call is to open in an hour."""
    now = datetime.now(UTC)
    call = {"opens": (now + timedelta(hours=1)).isoformat(), "closes": (now + timedelta(days=3)).isoformat()}
    deadlines = {"draft": day(30), "review": day(60), "final": day(90)}
    body = {"year": year, "titles": {"en": "Global Report"}, "outline": outline, "call": call, "deadlines": deadlines}
    return admin.create(f"{ACTIONS}/editions", {**body, **more})


def appointed(by: Client, person: Person, role: str, edition: Record) -> None:
    """Gives the person a role over the edition."""
    scope = {"scope_kind": "edition", "scope_id": edition["id"]}
    by.create(f"{V1['access']}/grants", {"principal": {"kind": "account", "id": person.account}, "role": role, **scope})
    eventually(lambda: person.look(f"{edition['links']['self']}/progress").status_code == 200)


def new_expert(world: World, name: str, country: str) -> tuple[Person, str]:
    """A person who applied for membership, and whom the officer approved; and the address of the record."""
    person, officer = world.person(name), world.caller("secretariat_officer", country)
    body = {"names": [{"full": f"{name} {uuid4().hex[:8]}"}], "country": country, "emails": [{"value": person.email}]}
    made = person.create(f"{V1['membership']}/experts", {**body, "visibility": "public"})
    path = str(made["links"]["self"])
    for action in ("start_review", "approve"):
        officer.step(path, action)
    eventually(lambda: "expert" in {grant["role"] for grant in person.get(f"{V1['access']}/me")["grants"]})
    return person, path


def key_of(path: str) -> str:
    """The id in the address of a record."""
    return path.rpartition("/")[2]


def ended(by: Client, path: str, **more: Any) -> Record:
    """The job that a POST orders, once it has ended."""
    sent = by.send("POST", path, **more)
    assert sent.status_code == 202, sent.text
    address = f"{ACTIONS}/jobs/{sent.json()['id']}"
    eventually(lambda: by.get(address)["status"] in ("succeeded", "failed"))
    return dict(by.get(address))


def read(by: Client, path: str, **more: Any) -> Record:
    """The job that reads a manuscript, once it has ended."""
    return ended(by, f"{path}/versions", **more)


def waits(person: Person, kind: str, ref: str, *verbs: str) -> None:
    """These verbs of a record, and no others, come to wait for the person."""

    def found() -> bool:
        items = person.get(f"{V1['access']}/work_list", kind=kind)["items"]
        return {item["verb"] for item in items if item["ref"] == ref} == set(verbs)

    eventually(found)


def events(person: Person, ref: str) -> list[str]:
    """The events that the person was notified of about a record."""
    items = person.get(f"{V1['access']}/notifications", limit=200)["items"]
    return [one["event"] for one in items if one["record"]["ref"] == ref]
