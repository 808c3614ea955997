"""What follows in the whole system from the import of a centre that was designated before it was entered."""

import tempfile
from pathlib import Path
from typing import Any

from tests.journeys.paths.path import day
from tests.journeys.paths.world import V1, World
from tests.support.running import Person, eventually

_CENTRES, _MEMBERS, _ACTIONS = V1["centres"], V1["membership"], V1["actions"]
_COUNTRY = "LS"


def _imported(world: World, director: str, number: int) -> tuple[str, dict[str, Any]]:
    """The address of an import of one centre, and the centre."""
    admin, host = world.caller("admin"), world.institution(_COUNTRY, f"University of Mountain {number}")["ref"]
    headings = "registration_number,country,name,host,director,term_starts,term_ends"
    named = f"ESNRC-{_COUNTRY}-{number:02d}"
    row = f"{named},{_COUNTRY},Mountain Centre {number},{host},{director},{day(-500)},{day(900)}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "centres.csv"
        file.write_text(f"{headings}\n{row}\n")
        job = admin.upload(f"{_CENTRES}/imports", file, resource="centres")
    (centre,) = admin.get(f"{_CENTRES}/centres", q=named)["items"]
    return f"{_CENTRES}/imports/{job['result']['import_id']}", dict(centre)


def _linked(world: World, name: str) -> tuple[dict[str, Any], Person]:
    """An expert with an account."""
    found, person = world.expert(_COUNTRY, name), world.person(name)
    path = f"{_MEMBERS}/experts/{found['id']}"
    world.caller("admin").step(path, "link_account", fields={"account_id": person.account})
    return found, person


def _taken_back(world: World, imported: str) -> dict[str, int]:
    admin = world.caller("admin")
    admin.step(imported, "undo")
    eventually(lambda: admin.get(imported)["status"] == "undone")
    return dict(admin.get(imported)["taken_back"])


def _certificates(world: World, centre: dict[str, Any]) -> list[str]:
    found = world.caller("admin").get(f"{_MEMBERS}/certificates", centre_id=centre["id"])["items"]
    return [one["status"] for one in found]


def _directs(person: Person, centre: dict[str, Any]) -> bool:
    return person.look(f"{_CENTRES}/centres/{centre['id']}/stages").status_code == 200


def _has_centre(world: World) -> bool:
    facts = world.caller("admin").get(f"{_ACTIONS}/countries/{_COUNTRY}")["facts"]
    return next(bool(one["met"]) for one in facts if one["key"] == "centre")


def test_a_director_a_certificate_and_the_stage_follow_an_imported_centre(world: World) -> None:
    admin = world.caller("admin")
    (loser, earlier), (winner, later) = _linked(world, "Mara Mountain"), _linked(world, "Mara Montana")
    imported, centre = _imported(world, loser["ref"], 5)
    eventually(lambda: _directs(earlier, centre))
    eventually(lambda: _certificates(world, centre) == ["issued"])
    eventually(lambda: _has_centre(world))
    assert not _directs(later, centre)

    admin.create(f"{_MEMBERS}/merges", {"resource": "experts", "winner_id": winner["id"], "loser_id": loser["id"]})
    eventually(lambda: admin.get(f"{_CENTRES}/centres/{centre['id']}")["director_id"] == winner["id"])
    eventually(lambda: _directs(later, centre))
    assert _taken_back(world, imported)["kept"] == 1, "its director has changed since"


def test_an_undo_takes_back_what_followed(world: World) -> None:
    expert, director = _linked(world, "Nils Hill")
    imported, centre = _imported(world, expert["ref"], 8)
    eventually(lambda: _certificates(world, centre) == ["issued"] and _directs(director, centre))
    assert _taken_back(world, imported) == {"removed": 1, "restored": 0, "kept": 0}
    eventually(lambda: _certificates(world, centre) == ["revoked"])
    grants = f"{V1['access']}/grants"
    of_centre = {"scope_kind": "centre", "scope_id": centre["id"], "status": "active"}
    eventually(lambda: world.caller("admin").get(grants, **of_centre)["items"] == [])
