"""The life of a designated centre in the whole system: what follows a new director, a new name, a suspension."""

from typing import Any
from uuid import uuid4

import orjson

from tests.journeys.paths import centres
from tests.journeys.paths.ladder import LADDER
from tests.journeys.paths.path import Path, PathRun, day
from tests.journeys.paths.world import V1, World
from tests.support.mailbox import text_of
from tests.support.running import Person, eventually

_CENTRES, _MEMBERS = V1["centres"], V1["membership"]


class Life:
    """A designated centre in a country of stage 4, and its director, who reads French."""

    def __init__(self, world: World, country: str) -> None:
        self.world, self.country = world, country
        self.run = PathRun(world, Path("centres.centres", country, lambda _run: "", "active", ()))
        for line in LADDER.lines[:4]:
            assert line.act is not None
            line.act(self.run)
        self.path = f"{_CENTRES}/centres/{self.run.notes['centre']}"
        self.admin = world.caller("admin")
        self.admin.change(self.path, {"visibility": "public"})
        self.director = self.linked(self.read()["director_id"])

    def read(self) -> dict[str, Any]:
        return dict(self.admin.get(self.path))

    def linked(self, expert: str) -> Person:
        """The account of an expert."""
        person = self.world.person("Dora Director", language="fr")
        path = f"{_MEMBERS}/experts/{expert}"
        self.admin.step(path, "link_account", fields={"account_id": person.account})
        return person

    def change(self, days: int = 0, **fields: Any) -> dict[str, Any]:
        return dict(self.admin.step(self.path, "change", reason="Decided", fields={"effective": day(days), **fields}))

    def certificates(self) -> list[dict[str, Any]]:
        found = self.admin.get(f"{_MEMBERS}/certificates", centre_id=self.run.notes["centre"])["items"]
        return sorted(found, key=lambda one: str(one["id"]))

    def verified(self, number: int) -> str:
        """What everybody reads of a certificate."""
        code = self.certificates()[number]["code"]
        response = self.world.secretariat.look(f"{_MEMBERS}/certificates/verify/{code}")
        return str(response.json()["status"])

    def stage(self) -> int:
        return int(self.admin.get(f"{V1['actions']}/countries/{self.country}")["stage"])


def _acts(person: Person, path: str) -> int:
    """The status of a change by this person, who describes the centre."""
    profile = f"{path}/profile"
    etag = {"If-Match": person.look(profile).headers["etag"], "Content-Type": "application/merge-patch+json"}
    content = orjson.dumps({"equipment": [{"titles": {"en": uuid4().hex}, "description": "A boat"}]})
    return person.send("PATCH", profile, content=content, headers=etag).status_code


def _reads_certificate(reader: Person, certificate: dict[str, Any]) -> None:
    """Reads the certificate of a centre in the list, as a file and as a credential."""
    path, found = certificate["links"]["self"], {"centre_id": certificate["holder"]["centre_id"]}
    eventually(lambda: reader.get(f"{_MEMBERS}/certificates", **found)["items"])
    assert reader.send("GET", f"{path}/pdf").content.startswith(b"%PDF-")
    assert reader.send("GET", f"{path}/credential").headers["content-type"] == "application/vc+jwt"


def test_what_follows_a_designated_centre(world: World) -> None:
    life = Life(world, "BT")
    eventually(lambda: _acts(life.director, life.path) == 200)
    expert = world.expert(life.country, "Nora Next")["id"]
    successor = life.linked(expert)
    assert _acts(successor, life.path) == 403

    life.change(director_id=expert)
    eventually(lambda: _acts(successor, life.path) == 200)
    eventually(lambda: _acts(life.director, life.path) == 403)

    eventually(lambda: [one["status"] for one in life.certificates()] == ["issued"])
    representative = centres.representative(life.run)
    for reader in (successor, representative):
        _reads_certificate(reader, life.certificates()[0])
    assert life.director.look(f"{_MEMBERS}/certificates/{life.certificates()[0]['id']}").status_code == 404
    life.change(names={"en": "Centre for Atolls"})
    eventually(lambda: [one["status"] for one in life.certificates()] == ["replaced", "issued"])
    assert life.certificates()[1]["holder_name"] == "Centre for Atolls"
    assert (life.verified(0), life.verified(1)) == ("replaced", "valid")

    life.change(10, names={"en": "Centre for Lagoons"})
    world.time_passes("centres.apply_changes", 9)
    assert life.read()["names"] == {"en": "Centre for Atolls"}
    world.time_passes("centres.apply_changes", 10)
    assert life.read()["names"] == {"en": "Centre for Lagoons"}
    eventually(lambda: [one["status"] for one in life.certificates()] == ["replaced", "replaced", "issued"])

    eventually(lambda: life.stage() == 4)
    life.admin.step(life.path, "suspend", reason="A question", fields={"review_by": day(30)})
    eventually(lambda: (life.stage(), life.verified(2)) == (3, "suspended"))
    assert _acts(successor, life.path) == 200, "the director stays"
    life.admin.step(life.path, "reinstate")
    eventually(lambda: (life.stage(), life.verified(2)) == (4, "valid"))

    expiring = centres.agreement(life.run, expires=day(30))
    world.time_passes("centres.remind_agreements", 0)
    letters = eventually(
        lambda: [
            letter
            for letter in map(text_of, world.mails(successor.email))
            if expiring[-36:] in letter and "L’accord expire bientôt." in letter
        ]
    )
    assert len(letters) == 1

    life.admin.step(life.path, "close", reason="The host left", fields={"cause": "host_withdrew"})
    eventually(lambda: (life.stage(), life.verified(2)) == (3, "revoked"))
