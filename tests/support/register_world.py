"""A country to whose centres anything may happen, and what its register shows of a day."""

import hashlib
import json
from collections import Counter
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg

from tests.support.callers import Caller
from tests.support.centres import Members
from tests.support.register import REGISTER, designated, public_expert, public_host


class World:
    """Centres of one country with hosts and directors, to which anything may happen."""

    def __init__(self, admin: Caller, members: Members, country: str, seed: int) -> None:
        self.admin, self.members, self.country = admin, members, country
        self.random = Random(seed)
        self.centres: list[dict[str, Any]] = []
        self.hosts: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        self.merges: list[dict[str, Any]] = []
        self.done: Counter[str] = Counter()

    async def begin(self, superuser: asyncpg.Connection) -> None:
        self.hosts = [await public_host(self.members, self.country) for _ in range(4)]
        self.people = [await public_expert(self.members, self.country) for _ in range(4)]
        for host, director in zip(self.hosts[:3], self.people[:3], strict=True):
            places = {"host_institution_id": host["id"], "director_id": director["id"]}
            self.centres.append(await designated(self.admin, self.members, superuser, self.country, **places))

    async def happen(self) -> None:
        """One random thing; what is not possible now is refused."""
        await self.random.choice(
            (self.step, self.step, self.patch, self.patch, self.rename_host, self.publish_host, self.merge, self.undo,
             self.change_person)
        )()  # fmt: skip

    async def step(self) -> None:
        verb = self.random.choice(("suspend", "reinstate", "reinstate", "close"))
        path = self.random.choice(self.centres)["links"]["self"]
        response = await self.admin.step(path, verb, reason="Something", fields={"public_note": "Noted."})
        assert response.status_code in (200, 409), response.text

    async def patch(self) -> None:
        values = self.random.choice(
            (
                {"names": {"en": f"Name {uuid4().hex[:6]}"}},
                {"director_id": self.random.choice(self.people)["id"]},
                {"director_id": None},
                {"position": {"lat": self.random.randint(-80, 80), "lon": 5}},
                {"themes": [uuid4().hex[:6]]},
                {"visibility": self.random.choice(("public", "public", "network", "restricted"))},
            )
        )
        response = await self.admin.change(self.random.choice(self.centres)["links"]["self"], **values)
        assert response.status_code in (200, 422), response.text

    async def rename_host(self) -> None:
        name = [{"value": f"Host {uuid4().hex[:6]}", "language": "en", "types": ["ror_display"]}]
        await self.members.admin.change(self.random.choice(self.hosts)["links"]["self"], names=name)

    async def publish_host(self) -> None:
        seen = self.random.choice(("public", "network"))
        await self.members.admin.change(self.random.choice(self.hosts)["links"]["self"], visibility=seen)

    async def merge(self) -> None:
        winner, loser = self.random.sample(self.random.choice((self.hosts, self.people)), 2)
        body = {"resource": winner["links"]["self"].split("/")[3], "winner_id": winner["id"], "loser_id": loser["id"]}
        response = await self.members.admin.post("/membership/v1/merges", body)
        assert response.status_code in (201, 409, 422), response.text
        if response.status_code == 201:
            self.merges.append(response.json())
            self.done["merged"] += 1

    async def undo(self) -> None:
        if self.merges:
            merge = self.merges.pop(self.random.randrange(len(self.merges)))
            response = await self.members.admin.step(f"/membership/v1/merges/{merge['id']}", "undo")
            assert response.status_code in (200, 409), response.text
            self.done["undone"] += response.status_code == 200

    async def change_person(self) -> None:
        person = self.random.choice(self.people)["links"]["self"]
        values = self.random.choice(
            ({"visibility": "network"}, {"visibility": "public"}, {"names": [{"full": f"Name {uuid4().hex[:6]}"}]})
        )
        await self.members.admin.change(person, **values)


async def digest(anonymous: Caller, country: str, day: str) -> str:
    """The digest of a day's response in every format, without the directors."""
    shown = []
    for former in ("true", "false"):
        query = {"country": country, "as_of": day, "former": former}
        page = (await anonymous.get(REGISTER, params={**query, "limit": "200"})).json()
        shown.append([{**one, "director": None} for one in page["items"]])
        places = (await anonymous.get(REGISTER, params={**query, "format": "geojson"})).json()
        shown.append([feature["geometry"] for feature in places["features"]])
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
