"""An edition of the Global Report, from its call to a text that its editor returns, by roles alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.actions.global_report.versions.domain import DOCX
from tests.actions.global_report.test_versions import docx
from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Client, Person, eventually

COUNTRY = "TO"
_V1 = V1["actions"]
_OUTLINE = [
    {"key": "soils", "titles": {"en": "Soils"}, "kind": "section"},
    {"key": "peat", "titles": {"en": "Peat"}, "parent": "soils"},
    {"key": "tonga", "titles": {"en": "Tonga"}, "kind": "country", "country": COUNTRY},
]


def _edition(admin: Client) -> dict[str, Any]:
    now = datetime.now(UTC)
    call = {"opens": (now + timedelta(hours=1)).isoformat(), "closes": (now + timedelta(days=3)).isoformat()}
    deadlines = {"draft": day(30), "review": day(60), "final": day(90)}
    body = {"year": 2199, "titles": {"en": "Global Report"}, "outline": _OUTLINE, "call": call, "deadlines": deadlines}
    return admin.create(f"{_V1}/editions", body)


def _appointed(by: Client, person: Person, role: str, edition: dict[str, Any]) -> None:
    scope = {"scope_kind": "edition", "scope_id": edition["id"]}
    by.create(f"{V1['access']}/grants", {"principal": {"kind": "account", "id": person.account}, "role": role, **scope})
    eventually(lambda: person.look(f"{edition['links']['self']}/progress").status_code == 200)


def _expert(world: World, name: str) -> tuple[Person, str]:
    """A person who applied for membership, and whom the officer approved."""
    person, officer = world.person(name), world.caller("secretariat_officer", COUNTRY)
    body = {"names": [{"full": f"{name} {uuid4().hex[:8]}"}], "country": COUNTRY, "emails": [{"value": person.email}]}
    made = person.create(f"{V1['membership']}/experts", body)
    for action in ("start_review", "approve"):
        officer.step(made["links"]["self"], action)
    eventually(lambda: "expert" in {grant["role"] for grant in person.get(f"{V1['access']}/me")["grants"]})
    return person, str(made["id"])


def _work(person: Client) -> set[tuple[str, str]]:
    items = person.get(f"{V1['access']}/work_list", kind="contributions")["items"]
    return {(item["ref"], item["verb"]) for item in items}


def _waits(person: Client, ref: str, *verbs: str) -> None:
    eventually(lambda: {verb for found, verb in _work(person) if found == ref} == set(verbs))


def _read(by: Client, path: str, **more: Any) -> dict[str, Any]:
    """The job that reads a manuscript, once it has ended."""
    sent = by.send("POST", f"{path}/versions", **more)
    assert sent.status_code == 202, sent.text
    address = f"{_V1}/jobs/{sent.json()['id']}"
    eventually(lambda: by.get(address)["status"] in ("succeeded", "failed"))
    return dict(by.get(address))


def test_a_proposal_becomes_a_text_in_review(world: World) -> None:
    admin, chief, editor = world.caller("admin"), world.person("Chi Chief"), world.person("Edi Editor")
    edition = _edition(admin)
    path = str(edition["links"]["self"])
    assert world.everybody.get(path).status_code == 404
    _appointed(admin, chief, "editor_in_chief", edition)
    _appointed(chief, editor, "editor", edition)
    chief.step(path, "open_call")
    assert world.everybody.get(path).json()["status"] == "call"

    amina, expert = _expert(world, "Amina Author")
    bo = f"{uuid4().hex}@example.org"
    authors = [
        {"expert_id": expert, "roles": ["writing-original-draft"], "corresponding": True},
        {"name": "Bo Example", "email": bo, "roles": ["data-curation"]},
    ]
    body = {"edition_id": edition["id"], "outline_key": "peat", "titles": {"en": "Peat"}, "authors": authors}
    text = amina.create(f"{_V1}/contributions", body)
    of_text, ref = str(text["links"]["self"]), str(text["ref"])
    for person in (chief, editor):
        _waits(person, ref, "accept")
    chief.step(of_text, "assign", fields={"editor_id": editor.account})
    _waits(editor, ref, "accept")
    _waits(chief, ref)
    editor.step(of_text, "accept")
    _waits(amina, ref, "confirm_authorship", "submit")
    amina.step(of_text, "confirm_authorship")

    token = {"token": world.token_for(bo, purpose="authorship")}
    confirmed = world.everybody.post(f"{_V1}/contributions/authorship", json=token)
    assert (confirmed.status_code, confirmed.json()["name"]) == (200, "Bo Example")

    broken = _read(amina, of_text, files={"file": ("peat.docx", b"PK nothing", DOCX)})
    assert (broken["status"], broken["problem"]["code"]) == ("failed", "unreadable_manuscript")
    word = _read(amina, of_text, files={"file": ("peat.docx", docx("Peat stores carbon.", "Much."), DOCX)})
    assert (word["status"], word["result"]["blocks"]) == ("succeeded", 2)
    amina.change(of_text, {"abstract": {"en": "Peat."}, "conflicts": "None."})
    amina.step(of_text, "submit")
    _waits(amina, ref)
    _waits(editor, ref, "take")
    editor.step(of_text, "take")
    editor.step(of_text, "return", reason="Say where.", fields={"due": day(-2)})
    _waits(amina, ref, "submit")

    progress = chief.get(f"{path}/progress")
    assert [(late["ref"], late["days"]) for late in progress["overdue"]] == [(ref, 2)]
    assert {"key": "peat", "counts": {"changes_requested": 1}} in progress["outline"]
    for stranger in (amina, world.caller("government_focal_point", COUNTRY)):
        assert stranger.look(f"{path}/progress").status_code == 403
    chief.step(path, "close_call")
    assert amina.try_step(of_text, "submit").status_code == 200
    late = amina.send("POST", f"{_V1}/contributions", json=body)
    assert (late.status_code, late.json()["code"]) == (409, "call_not_open")
