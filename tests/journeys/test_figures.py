"""A figure of an edition of the Global Report: live, frozen, and verified by whoever reads it, by roles alone."""

import asyncio
from datetime import timedelta
from typing import Any

import orjson

from shared.kernel.clock import today
from tests.journeys.global_report.figures import ASKED, STATISTICS, alter, experts_live, experts_today
from tests.journeys.global_report.people import appointed, new_edition, new_expert
from tests.journeys.paths.world import V1, World
from tests.support.running import Person

COUNTRY = "TO"
_V1 = V1["actions"]


def _edition(world: World) -> tuple[Person, Person, dict[str, Any]]:
    """An edition in writing with its editor-in-chief and an editor."""
    admin, chief, editor = world.caller("admin"), world.person("Chi Chief"), world.person("Edi Editor")
    edition = new_edition(admin, 2197, [{"key": "soils", "titles": {"en": "Soils"}}])
    path = str(edition["links"]["self"])
    appointed(admin, chief, "editor_in_chief", edition)
    appointed(chief, editor, "editor", edition)
    chief.step(path, "open_call")
    return chief, editor, chief.step(path, "close_call")


def test_a_frozen_number_stays_and_is_verified(world: World, running: dict[str, Any]) -> None:
    chief, editor, edition = _edition(world)
    of_edition = str(edition["links"]["self"])
    body = {
        "edition_id": edition["id"],
        "key": "experts",
        "kind": "bars",
        "titles": {"en": "Experts by region"},
        "alternatives": {"en": "Most experts are in Oceania."},
        "query": {"path": STATISTICS, "parameters": ASKED},
    }
    hidden = {**body, "key": "hidden", "query": {"path": f"{V1['membership']}/experts", "parameters": {}}}
    refused = editor.send("POST", f"{_V1}/figures", json=hidden)
    assert (refused.status_code, refused.json()["code"]) == (422, "figure_query_not_public")
    made = editor.create(f"{_V1}/figures", body)
    figure = str(made["links"]["self"])
    before = experts_today(world)
    assert experts_live(editor, figure) == before
    leaving, leaver = new_expert(world, "Ama Applicant", COUNTRY)
    assert experts_live(editor, figure) == experts_today(world) == before + 1
    assert world.everybody.get(figure).status_code == 404

    frozen = chief.step(of_edition, "freeze")
    last = str(today() - timedelta(days=1))
    assert (frozen["status"], frozen["as_of"]) == ("frozen", last)
    kept = editor.get(f"{figure}/data")
    asked = world.everybody.get(STATISTICS, params={**ASKED, "as_of": last}).json()
    assert (kept["as_of"], kept["definition"]) == (last, asked["definition"])
    assert orjson.loads(kept["content"])["total"] == asked["total"]
    new_expert(world, "Bea Applicant", COUNTRY)
    assert experts_today(world) == before + 2
    assert editor.get(f"{figure}/data") == kept
    assert editor.get(f"{figure}/verification")["match"] is True

    leaving.step(leaver, "resign")
    assert experts_today(world) == before + 1
    assert chief.get(f"{figure}/verification")["match"] is True
    late = editor.send("PATCH", figure, json={"source": "Register"}, headers={"If-Match": '"2"'})
    assert (late.status_code, late.json()["code"]) == (409, "edition_frozen")
    image = editor.look(f"{figure}/image?language=ar")
    assert (image.status_code, image.headers["content-type"]) == (200, "image/svg+xml")

    asyncio.run(alter(running["database_url"], str(made["id"])))
    found = editor.get(f"{figure}/verification")
    assert (found["match"], found["definition_changed"]) == (False, False)
    assert {"key": "total", "then": asked["total"] + 7, "now": asked["total"]} in found["differences"]

    chief.step(of_edition, "thaw", reason="The stored number was altered.")
    assert experts_live(editor, figure) == experts_today(world)
