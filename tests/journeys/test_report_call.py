"""An edition of the Global Report, from its call to a text that its editor returns, by roles alone."""

from uuid import uuid4

from services.actions.global_report.versions.domain import DOCX
from tests.actions.global_report.test_versions import docx
from tests.journeys.global_report.people import appointed, key_of, new_edition, new_expert, read, waits
from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Person

COUNTRY = "TO"
_V1 = V1["actions"]
_OUTLINE = [
    {"key": "soils", "titles": {"en": "Soils"}, "kind": "section"},
    {"key": "peat", "titles": {"en": "Peat"}, "parent": "soils"},
    {"key": "tonga", "titles": {"en": "Tonga"}, "kind": "country", "country": COUNTRY},
]


def _waits(person: Person, ref: str, *verbs: str) -> None:
    waits(person, "contributions", ref, *verbs)


def test_a_proposal_becomes_a_text_in_review(world: World) -> None:
    admin, chief, editor = world.caller("admin"), world.person("Chi Chief"), world.person("Edi Editor")
    edition = new_edition(admin, 2199, _OUTLINE)
    path = str(edition["links"]["self"])
    assert world.everybody.get(path).status_code == 404
    appointed(admin, chief, "editor_in_chief", edition)
    appointed(chief, editor, "editor", edition)
    chief.step(path, "open_call")
    assert world.everybody.get(path).json()["status"] == "call"

    amina, of_amina = new_expert(world, "Amina Author", COUNTRY)
    bo = f"{uuid4().hex}@example.org"
    authors = [
        {"expert_id": key_of(of_amina), "roles": ["writing-original-draft"], "corresponding": True},
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

    broken = read(amina, of_text, files={"file": ("peat.docx", b"PK nothing", DOCX)})
    assert (broken["status"], broken["problem"]["code"]) == ("failed", "unreadable_manuscript")
    word = read(amina, of_text, files={"file": ("peat.docx", docx("Peat stores carbon.", "Much."), DOCX)})
    assert (word["status"], word["result"]["blocks"]) == ("succeeded", 2)
    amina.change(of_text, {"abstract": {"en": "Peat."}, "conflicts": "None."})
    amina.step(of_text, "submit")
    _waits(amina, ref)
    _waits(editor, ref, "take")
    editor.step(of_text, "take")
    past = editor.try_step(of_text, "return", reason="Say where.", fields={"due": day(-2)})
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/fields/due")
    editor.step(of_text, "return", reason="Say where.", fields={"due": day(2)})
    _waits(amina, ref, "submit")

    progress = chief.get(f"{path}/progress")
    assert progress["overdue"] == []
    assert {"key": "peat", "counts": {"changes_requested": 1}} in progress["outline"]
    for stranger in (amina, world.caller("government_focal_point", COUNTRY)):
        assert stranger.look(f"{path}/progress").status_code == 403
    chief.step(path, "close_call")
    assert amina.try_step(of_text, "submit").status_code == 200
    late = amina.send("POST", f"{_V1}/contributions", json=body)
    assert (late.status_code, late.json()["code"]) == (409, "call_not_open")
