"""Over random merges, edits and undos nothing is lost, nothing is counted twice, and each change is recorded once."""

import asyncio
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.institutions import institution
from tests.support.membership import EXPERTS, INSTITUTIONS, expert
from tests.support.merges import MERGES, merge_body, merged, read
from tests.support.tiers import long

_WORDS = ("Ice", "Rain", "Soil", "Snow", "Sea")
_RECORDS = """
SELECT md5(string_agg(row, chr(10) ORDER BY row)) FROM (
    SELECT (to_jsonb(e) - '{version,updated_at,updated_by}'::text[])::text AS row FROM member_expert e
    UNION ALL SELECT (to_jsonb(a) - '{version,updated_at}'::text[])::text FROM member_affiliation a
    UNION ALL SELECT to_jsonb(v)::text FROM member_expert_value v
    UNION ALL SELECT (to_jsonb(i) - '{version,updated_at,updated_by}'::text[])::text FROM member_institution i
    UNION ALL SELECT to_jsonb(v)::text FROM member_institution_value v
    UNION ALL SELECT to_jsonb(x)::text FROM core_import_identity x
) rows
"""
_UNRECORDED = """
SELECT r.id, r.version, array_agg(a.version ORDER BY a.version) FROM (
    SELECT id, version FROM member_expert UNION ALL SELECT id, version FROM member_affiliation
    UNION ALL SELECT id, version FROM member_institution UNION ALL SELECT id, version FROM member_merge
) r LEFT JOIN core_audit a ON a.subject = r.id WHERE r.id = ANY($1)
GROUP BY r.id, r.version
HAVING array_agg(a.version ORDER BY a.version) <> (SELECT array_agg(n) FROM generate_series(1, r.version) n)
"""
_LIVING = {
    "expert": "member_expert WHERE merged_into IS NULL",
    "institution": "member_institution WHERE merged_into IS NULL",
}
_KEPT = """
SELECT (SELECT coalesce(sum(n), 0) FROM core_count_delta WHERE kind = $1)
    + (SELECT coalesce(sum(n), 0) FROM core_count WHERE kind = $1)
"""


class Register:
    """Records that one test creates, merges and separates at random."""

    def __init__(self, admin: Caller, seed: int) -> None:
        self.admin = admin
        self.random = Random(seed)
        self.living: dict[str, list[dict[str, Any]]] = {"experts": [], "institutions": []}
        self.merges: list[tuple[str, dict[str, Any]]] = []
        self.subjects: set[str] = set()

    async def _enter(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.admin.post(path, body)
        assert response.status_code == 201, response.text
        self.subjects.add(response.json()["id"])
        return dict(response.json())

    async def fill(self) -> None:
        for n in range(5):
            body = institution(f"Institute {uuid4().hex}", domains=[f"x{n}.example"], country=self._country())
            self.living["institutions"].append(await self._enter(INSTITUTIONS, body))
        for n in range(7):
            words = self.random.sample(_WORDS, 2)
            body = expert(keywords=words, country=self._country(), emails=[{"value": f"e{n}@example.org"}])
            self.living["experts"].append(await self._enter(EXPERTS, body))
            for place in self.random.sample(self.living["institutions"], 2):
                await self.affiliate(self.living["experts"][-1], place)

    def _country(self) -> str:
        return self.random.choice(("XA", "XB"))

    async def affiliate(self, person: dict[str, Any], place: dict[str, Any]) -> None:
        body = {"institution_id": place["id"], "primary": self.random.random() < 0.5}
        await self._enter(f"{EXPERTS}/{person['id']}/affiliations", body)

    async def merge(self) -> None:
        resource = self.random.choice([name for name, found in self.living.items() if len(found) > 1])
        winner, loser = self.random.sample(self.living[resource], 2)
        fields = ("names", "country", "visibility")
        choices = {name: self.random.choice(("winner", "loser")) for name in fields if self.random.random() < 0.3}
        self.merges.append((resource, await merged(self.admin, winner, loser, **choices)))
        self.subjects.add(self.merges[-1][1]["id"])
        self.living[resource].remove(loser)

    async def undo(self) -> None:
        resource, merge = self.merges.pop()
        path = f"{MERGES}/{merge['id']}"
        found = (await self.admin.get(path)).json()["conflicts"]
        resolve = {conflict["field"]: self.random.choice(("keep", "restore")) for conflict in found}
        response = await self.admin.step(path, "undo", fields={"resolve": resolve})
        assert response.status_code == 200, response.text
        self.living[resource].append(
            await read(self.admin, {"links": {"self": f"/membership/v1/{resource}/{merge['loser_id']}"}})
        )

    async def edit(self) -> None:
        record = self.random.choice(self.living["experts"])
        path = record["links"]["self"]
        etag = (await self.admin.get(path)).headers["etag"]
        words = self.random.sample(_WORDS, 3)
        assert (await self.admin.patch(path, {"keywords": words}, etag=etag)).status_code == 200


async def _is_whole(database: asyncpg.Connection, register: Register) -> None:
    for kind, rows in _LIVING.items():
        assert await database.fetchval(_KEPT, kind) == await database.fetchval(f"SELECT count(*) FROM {rows}")
    assert await database.fetch(_UNRECORDED, list(register.subjects)) == []


@pytest.mark.parametrize("seed", [3, *long("another seed", 17, 29)])
async def test_when_every_merge_is_taken_back_everything_is_as_it_was(
    admin: Caller, superuser: asyncpg.Connection, seed: int
) -> None:
    register = Register(admin, seed)
    await register.fill()
    before = await superuser.fetchval(_RECORDS)
    for _ in range(2):
        while len(register.merges) < 6:
            await register.merge()
            if register.random.random() < 0.3:
                await register.undo()
        await _is_whole(superuser, register)
        while register.merges:
            await register.undo()
        assert await superuser.fetchval(_RECORDS) == before
    await _is_whole(superuser, register)


@pytest.mark.parametrize("seed", [5, *long("another seed", 23)])
async def test_edits_in_between_lose_no_record_and_each_change_is_recorded_once(
    admin: Caller, superuser: asyncpg.Connection, seed: int
) -> None:
    register = Register(admin, seed)
    await register.fill()
    rows = "SELECT count(*) FROM member_affiliation WHERE id = ANY($1)"
    affiliations = await superuser.fetchval(rows, list(register.subjects))
    living = {resource: len(found) for resource, found in register.living.items()}
    for _ in range(5):
        await register.merge()
        await register.edit()
    while register.merges:
        await register.undo()
        await register.edit()
    assert {resource: len(found) for resource, found in register.living.items()} == living
    assert await superuser.fetchval(rows, list(register.subjects)) == affiliations
    await _is_whole(superuser, register)


async def _three(admin: Caller) -> list[dict[str, Any]]:
    responses = await asyncio.gather(*(admin.post(EXPERTS, expert()) for _ in range(3)))
    return [response.json() for response in responses]


async def test_merges_of_overlapping_pairs_wait_for_each_other(admin: Caller, superuser: asyncpg.Connection) -> None:
    for _ in range(6):
        a, b, c = await _three(admin)
        pairs = ((a, b), (b, c), (c, a), (b, a))
        responses = await asyncio.gather(*(admin.post(MERGES, merge_body(*pair)) for pair in pairs))
        done = [response for response in responses if response.status_code == 201]
        assert {response.status_code for response in responses} <= {201, 409}
        ids = [record["id"] for record in (a, b, c)]
        living = "SELECT id FROM member_expert WHERE merged_into IS NULL AND id = ANY($1)"
        merge_targets = [str(row["id"]) for row in await superuser.fetch(living, ids)]
        assert len(merge_targets) == 3 - len(done) >= 1
        for key in set(ids) - set(merge_targets):
            location = (await admin.get(f"{EXPERTS}/{key}")).headers["location"]
            assert location.rsplit("/", 1)[-1] in merge_targets


async def test_a_change_of_the_loser_is_in_the_winner_or_refused(admin: Caller) -> None:
    for _ in range(6):
        winner, loser, _ = await _three(admin)
        path = loser["links"]["self"]
        etag = (await admin.get(path)).headers["etag"]
        merge, patch, added = await asyncio.gather(
            admin.post(MERGES, merge_body(winner, loser)),
            admin.patch(path, {"keywords": ["Ice"]}, etag=etag),
            admin.post(f"{path}/affiliations", {"raw": "A museum"}),
        )
        assert merge.status_code == 201, merge.text
        assert patch.status_code in (200, 308, 412), patch.text
        assert added.status_code in (201, 308, 409), added.text
        now = await read(admin, winner)
        assert now["keywords"] == (["Ice"] if patch.status_code == 200 else [])
        assert len(now["affiliations"]) == (added.status_code == 201)


async def test_a_change_of_the_winner_is_kept_or_refused(admin: Caller) -> None:
    for _ in range(6):
        winner, loser, _ = await _three(admin)
        path = winner["links"]["self"]
        etag = (await admin.get(path)).headers["etag"]
        merge, patch = await asyncio.gather(
            admin.post(MERGES, merge_body(winner, loser)), admin.patch(path, {"gender": "x"}, etag=etag)
        )
        assert merge.status_code == 201, merge.text
        assert patch.status_code in (200, 412)
        assert (await read(admin, winner))["gender"] == ("x" if patch.status_code == 200 else None)


async def test_of_two_undos_at_once_one_is_done(admin: Caller) -> None:
    winner, loser, _ = await _three(admin)
    path = f"{MERGES}/{(await merged(admin, winner, loser))['id']}"
    responses = await asyncio.gather(*(admin.step(path, "undo") for _ in range(4)))
    assert sorted(response.status_code for response in responses)[0] == 200
    assert {response.status_code for response in responses} <= {200, 409, 412}
    assert sum(response.status_code == 200 for response in responses) == 1
    assert (await read(admin, loser))["version"] == 3
