"""A copy that follows the feed from its start equals a fresh export, after each operation."""

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.running import Client, eventually

EXPERTS = "/membership/v1/experts"
IMPORTS = "/membership/v1/imports"
MERGES = "/membership/v1/merges"
HOME = "XC"
"""A country for which no other journey imports lists, so that its part of the feed is short."""


class Copy:
    """A government's copy of its experts by number, maintained from the feed alone: it reads each record that an event
    names, and drops it if it is gone, merged into another, or of another country. It never reads other records
    again."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked: dict[str, Any] = {"type": "escm.membership.expert.*", "country": HOME, "limit": 1000}
        self.refs: set[str] = set()

    def is_an_export(self) -> bool:
        """Whether the copy equals a fresh export, after it has followed to the end."""
        self._follow()
        return self.refs == _exported(self._client)

    def _follow(self) -> None:
        while True:
            page = self._client.get("/access/v1/events", **self._asked)
            for ref, link in {event["data"]["ref"]: event["data"]["link"] for event in page["items"]}.items():
                response = self._client.look(link)
                assert response.status_code in (200, 308, 404, 410), response.text
                is_ours = response.status_code == 200 and response.json()["country"] == HOME
                (self.refs.add if is_ours else self.refs.discard)(ref)
            if page["next_after"] == self._asked.get("after"):
                return
            self._asked["after"] = page["next_after"]


@pytest.fixture
def government(running: dict[str, Any], secretariat: Client) -> Iterator[Client]:
    asked = {"name": f"Government {uuid4().hex}", "scope_kind": "country", "scope_id": HOME}
    may = {"resources": ["membership.*", "access.*"], "verbs": ["read", "write"]}
    made = secretariat.create("/access/v1/clients", asked | may)
    client = Client(running["base_url"], {"id": made["client_id"], "secret": made["secret"]})
    yield client
    client.close()


def _exported(client: Client) -> set[str]:
    order = {"resource": "experts", "format": "csv", "filters": {"country": HOME}, "fields": ["ref"]}
    done = client.finished(client.start("/membership/v1/exports", order))
    return {row["ref"] for row in csv.DictReader(io.StringIO(client.text(done["result_url"])))}


def _bring(client: Client, path: Path, name: str) -> dict[str, Any]:
    path.write_text("full_name,country\n" + "".join(f"{name} {n},{HOME}\n" for n in range(30)))
    result = dict(client.upload(IMPORTS, path, resource="experts")["result"])
    assert result["counts"]["created"] == 30
    return result


def test_a_copy_that_follows_the_feed_is_a_fresh_export(
    secretariat: Client, government: Client, tmp_path: Path
) -> None:
    dice = random.Random(7)
    copy = Copy(government)
    entered = [
        secretariat.create(EXPERTS, {"names": [{"full": f"Followed {dice.random()}"}], "country": country})
        for country in (HOME, HOME, "XB") * 5
    ]
    home = [one for one in entered if one["country"] == HOME]
    abroad = [one for one in entered if one["country"] == "XB"]
    eventually(copy.is_an_export)
    assert {one["ref"] for one in home} <= copy.refs

    for one in dice.sample(entered, 6):
        secretariat.change(f"{EXPERTS}/{one['id']}", {"keywords": [f"word {dice.random()}"]})
    secretariat.step(f"{EXPERTS}/{home[0]['id']}", "mark_deceased", reason="A letter of the family")
    secretariat.change(f"{EXPERTS}/{abroad[0]['id']}", {"country": HOME})
    eventually(lambda: copy.is_an_export() and abroad[0]["ref"] in copy.refs)

    merges = [
        secretariat.create(MERGES, {"resource": "experts", "winner_id": winner["id"], "loser_id": loser["id"]})
        for winner, loser in ((home[1], home[2]), (home[3], abroad[1]), (abroad[2], home[4]))
    ]
    eventually(lambda: copy.is_an_export() and not {home[2]["ref"], home[4]["ref"]} & copy.refs)
    for merge in merges[::2]:
        secretariat.step(f"{MERGES}/{merge['id']}", "undo")
    eventually(lambda: copy.is_an_export() and {home[2]["ref"], home[4]["ref"]} <= copy.refs)

    before = set(copy.refs)
    _bring(government, tmp_path / "kept.csv", "Kept")
    taken_back = _bring(government, tmp_path / "taken-back.csv", "Taken back")
    eventually(lambda: copy.is_an_export() and len(copy.refs) == len(before) + 60)
    government.step(f"{IMPORTS}/{taken_back['import_id']}", "undo")
    eventually(lambda: copy.is_an_export() and len(copy.refs) == len(before) + 30)
