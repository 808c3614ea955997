"""Two editors with stale reads: no write of one is lost to the other, and every ETag is correct."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, entered

At = Callable[[str | None], Caller]
_TURNS = 60
_STEPS = ("invite", "apply", "request_info", "resubmit", "start_review", "approve", "suspend", "reinstate", "assign")


class Editor:
    """An editor who reads now and then, and writes with the ETag of their last read."""

    def __init__(self, caller: Caller, path: str) -> None:
        self._caller = caller
        self._path = path
        self.record: dict[str, Any] = {}
        self._etag = ""

    async def read(self) -> None:
        response = await self._caller.get(self._path)
        self.record, self._etag = response.json(), response.headers["etag"]

    async def change(self, chance: random.Random) -> Any:
        """Adds a word to the keywords of this editor's last read."""
        words = [*self.record["keywords"], f"w{chance.randrange(1 << 40)}"][-40:]
        return await self._caller.patch(self._path, {"keywords": words}, etag=self._etag)

    async def step(self, chance: random.Random) -> Any:
        action = chance.choice(_STEPS)
        body = {"action": action, "reason": "A turn", "fields": {"officer": None} if action == "assign" else {}}
        return await self._caller.post(f"{self._path}/transitions", body, etag=self._etag)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_write_is_lost_between_two_editors(admin: Caller, caller: At, seed: int) -> None:
    chance = random.Random(seed)
    record = await entered(admin, emails=[{"value": "two@example.org"}])
    path = f"{EXPERTS}/{record['id']}"
    editors = [Editor(admin, path), Editor(caller("admin2"), path)]
    for editor in editors:
        await editor.read()
    present = record
    tags = {(await admin.get(path)).content: (await admin.get(path)).headers["etag"]}
    outcomes: set[int] = set()
    for _ in range(_TURNS):
        editor = chance.choice(editors)
        if chance.random() < 0.4:
            await editor.read()
        write = editor.change if chance.random() < 0.6 else editor.step
        response = await write(chance)
        outcomes.add(response.status_code)
        is_current = editor.record["version"] == present["version"]
        assert response.status_code in ((200, 409) if is_current else (412,)), response.text
        read = await admin.get(path)
        if response.status_code == 200:
            assert read.json() == response.json()
            assert read.json()["version"] == present["version"] + 1
            kept = set(present["keywords"])
            assert kept <= set(read.json()["keywords"]) or len(kept) == 40
            present = read.json()
        assert read.json()["version"] == present["version"]
        assert tags.setdefault(read.content, read.headers["etag"]) == read.headers["etag"]
    assert outcomes >= {200, 412}
    assert len(set(tags.values())) == len(tags)
    versions = [line["version"] for line in (await admin.get(f"{path}/history?limit=200")).json()["items"]]
    assert versions == list(range(present["version"], 0, -1))
