"""A figure of an edition of the Global Report: live, frozen, and verified by whoever reads it, by roles alone."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import orjson

from shared.kernel.clock import today
from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Client, Person, eventually

COUNTRY = "TO"
_V1 = V1["actions"]
_STATISTICS = f"{V1['membership']}/statistics"
_ASKED = {"of": "experts", "by": "region"}
_OUTLINE = [{"key": "soils", "titles": {"en": "Soils"}}]


def _edition(world: World) -> tuple[Person, Person, dict[str, Any]]:
    """An edition in writing with its editor-in-chief and an editor."""
    admin, chief, editor = world.caller("admin"), world.person("Chi Chief"), world.person("Edi Editor")
    call = {"opens": f"{day(1)}T00:00:00Z", "closes": f"{day(2)}T00:00:00Z"}
    deadlines = {"draft": day(30), "review": day(60), "final": day(90)}
    body = {"year": 2197, "titles": {"en": "Global Report"}, "outline": _OUTLINE, "call": call, "deadlines": deadlines}
    edition = admin.create(f"{_V1}/editions", body)
    path = str(edition["links"]["self"])
    for by, person, role in ((admin, chief, "editor_in_chief"), (chief, editor, "editor")):
        holder = {"principal": {"kind": "account", "id": person.account}, "role": role}
        by.create(f"{V1['access']}/grants", {**holder, "scope_kind": "edition", "scope_id": edition["id"]})
        eventually(lambda person=person: person.look(f"{path}/progress").status_code == 200)  # type: ignore[misc]
    chief.step(path, "open_call")
    return chief, editor, chief.step(path, "close_call")


def _expert(world: World, officer: Client) -> tuple[Person, str]:
    """Somebody who applied for membership, whom the officer approved, and who is listed."""
    person = world.person("Ama Applicant")
    body = {"names": [{"full": f"Ama {uuid4().hex[:8]}"}], "country": COUNTRY, "emails": [{"value": person.email}]}
    path = str(person.create(f"{V1['membership']}/experts", {**body, "visibility": "public"})["links"]["self"])
    for action in ("start_review", "approve"):
        officer.step(path, action)
    return person, path


def _today(world: World) -> int:
    items = world.everybody.get(_STATISTICS, params=_ASKED).json()["items"]
    return sum(item["count"] for item in items if item["region"] == "Oceania")


def _live(reader: Person, figure: str) -> int:
    data = reader.get(f"{figure}/data")
    assert data["frozen"] is False
    return sum(item["count"] for item in data["items"] if item["region"] == "Oceania")


async def _alter(database_url: str, figure: str) -> None:
    """What no operation of the system does: another total stands in the frozen data."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    try:
        content = orjson.loads(
            await connection.fetchval("SELECT content FROM action_figure_data WHERE figure_id = $1", figure)
        )
        altered = orjson.dumps({**content, "total": content["total"] + 7}, option=orjson.OPT_SORT_KEYS).decode()
        update = "UPDATE action_figure_data SET content = $2 WHERE figure_id = $1"
        await connection.execute(update, figure, altered)
    finally:
        await connection.close()


def test_a_frozen_number_stays_and_is_verified(world: World, running: dict[str, Any]) -> None:
    chief, editor, edition = _edition(world)
    officer, of_edition = world.caller("secretariat_officer", COUNTRY), str(edition["links"]["self"])
    body = {
        "edition_id": edition["id"],
        "key": "experts",
        "kind": "bars",
        "titles": {"en": "Experts by region"},
        "alternatives": {"en": "Most experts are in Oceania."},
        "query": {"path": _STATISTICS, "parameters": _ASKED},
    }
    hidden = {**body, "key": "hidden", "query": {"path": f"{V1['membership']}/experts", "parameters": {}}}
    refused = editor.send("POST", f"{_V1}/figures", json=hidden)
    assert (refused.status_code, refused.json()["code"]) == (422, "figure_query_not_public")
    made = editor.create(f"{_V1}/figures", body)
    figure = str(made["links"]["self"])
    before = _today(world)
    assert _live(editor, figure) == before
    leaving, leaver = _expert(world, officer)
    assert _live(editor, figure) == _today(world) == before + 1
    assert world.everybody.get(figure).status_code == 404

    frozen = chief.step(of_edition, "freeze")
    last = str(today() - timedelta(days=1))
    assert (frozen["status"], frozen["as_of"]) == ("frozen", last)
    kept = editor.get(f"{figure}/data")
    asked = world.everybody.get(_STATISTICS, params={**_ASKED, "as_of": last}).json()
    assert (kept["as_of"], kept["definition"]) == (last, asked["definition"])
    assert orjson.loads(kept["content"])["total"] == asked["total"]
    _expert(world, officer)
    assert _today(world) == before + 2
    assert editor.get(f"{figure}/data") == kept
    assert editor.get(f"{figure}/verification")["match"] is True

    eventually(lambda: "expert" in {grant["role"] for grant in leaving.get(f"{V1['access']}/me")["grants"]})
    leaving.step(leaver, "resign")
    assert _today(world) == before + 1
    assert chief.get(f"{figure}/verification")["match"] is True
    late = editor.send("PATCH", figure, json={"source": "Register"}, headers={"If-Match": '"2"'})
    assert (late.status_code, late.json()["code"]) == (409, "edition_frozen")
    image = editor.look(f"{figure}/image?language=ar")
    assert (image.status_code, image.headers["content-type"]) == (200, "image/svg+xml")

    asyncio.run(_alter(running["database_url"], str(made["id"])))
    found = editor.get(f"{figure}/verification")
    assert (found["match"], found["definition_changed"]) == (False, False)
    assert {"key": "total", "then": asked["total"] + 7, "now": asked["total"]} in found["differences"]

    chief.step(of_edition, "thaw", reason="The stored number was altered.")
    assert _live(editor, figure) == _today(world)
