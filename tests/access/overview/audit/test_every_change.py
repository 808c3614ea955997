"""Promise 37: every change of a record has exactly one entry, whoever makes it and how."""

import random
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import Table

from services.actions.overview.countries.operations import recompute_stage
from services.actions.settings import ActionsSettings
from shared.audit.proof import state_hash
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.tables import metadata
from shared.database.unit_of_work import unit_of_work
from shared.kernel.countries import COUNTRIES
from tests.support.callers import CALLERS, Caller
from tests.support.institutions import institution
from tests.support.membership import EXPERTS, INSTITUTIONS, expert
from tests.support.tiers import long

_ROOT = Path(__file__).parents[4]
_STEPS = 150
_FOLLOWED = ("ref", "status", "country", "visibility")
_ACTIONS = "/actions/v1"
_ACCESS = "/access/v1"
Row: TypeAlias = dict[str, Any]
State: TypeAlias = dict[UUID, Row]


def _record_tables() -> list[Table]:
    for path in _ROOT.glob("services/**/tables.py"):
        import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts))
    return [
        table
        for table in metadata.tables.values()
        if {"id", "version", "visibility"} <= {str(column.key) for column in table.c}
        and not table.name.startswith(("core_", "action_country_stage"))
        and "published" not in table.name
    ]


async def _state(connection: asyncpg.Connection) -> State:
    """Every record by its id, as its service reads it."""
    found: State = {}
    for table in _record_tables():
        columns = ", ".join(f'"{column.key}"' for column in table.c)
        for row in await connection.fetch(f"SELECT {columns} FROM {table.name}"):
            found[row["id"]] = dict(row)
    for row in found.values():
        if "status" not in row:
            owner = found[row["expert_id"]]
            row |= {"ref": owner["ref"], "status": owner["status"]}
    return found


async def _entries(connection: asyncpg.Connection) -> dict[UUID, asyncpg.Record]:
    return {row["id"]: row for row in await connection.fetch("SELECT * FROM core_audit")}


class _Random:
    """Performs random operations in sequence."""

    def __init__(self, chance: random.Random, calling: Callable[[str | None], Caller]) -> None:
        self._chance = chance
        self._calling = calling
        self._known: list[str] = []
        self._experts: list[str] = []
        self._number = 0

    async def act(self) -> tuple[str, str | None, httpx.Response]:
        """Who did what, in one word, and the response."""
        by = self._chance.choice(("admin", "secretariat", "admin", "government_xa"))
        if len(self._known) < 8 or self._chance.random() < 0.3:
            return by, "create", await self._create(by)
        path = self._chance.choice(self._known)
        if self._chance.random() < 0.3:
            return by, "update", await self._edit(by, path)
        return by, *await self._step(by, path)

    async def _create(self, by: str) -> httpx.Response:
        self._number += 1
        path, body = self._chance.choice(self._bodies())
        response = await self._calling(by).post(path, body)
        if response.status_code == 201:
            own = response.json()["links"]["self"]
            self._known.append(own)
            if path == EXPERTS:
                self._experts.append(own)
        return response

    def _bodies(self) -> list[tuple[str, Row]]:
        number = self._number
        holder = {"kind": "account", "id": self._known_account} if self._known_account else None
        somewhere = self._chance.choice(sorted(COUNTRIES))
        bodies: list[tuple[str, Row]] = [
            (EXPERTS, expert(emails=[{"value": f"e{number}@example.org"}])),
            (INSTITUTIONS, institution(f"University {number}")),
            (
                "/centres/v1/committees",
                {"country": somewhere, "names": {"en": f"Committee {number}"}},
            ),
            (f"{_ACTIONS}/government_bodies", {"country": "XA", "names": {"en": f"M {number}"}, "kind": "ministry"}),
            (f"{_ACTIONS}/focal_points", {"country": "XA", "person": {"name": f"P {number}"}}),
            (
                f"{_ACTIONS}/correspondence",
                {"country": "XA", "direction": "out", "date": "2026-02-03", "subject": f"Letter {number}"},
            ),
            (f"{_ACTIONS}/programmes", {"country": "XA", "framework": "3+1/2026"}),
            (f"{_ACCESS}/accounts", {"email": f"a{number}@example.org", "name": f"Person {number}"}),
            (
                f"{_ACCESS}/clients",
                {
                    "name": f"Client {number}",
                    "scope_kind": "country",
                    "scope_id": "XA",
                    "resources": ["membership.experts"],
                    "verbs": ["read"],
                    "secret": True,
                },
            ),
        ]
        if self._experts:
            owner = self._chance.choice(self._experts)
            bodies.append((f"{owner}/affiliations", {"raw": f"Academy {number}", "from": "2020"}))
        if holder:
            grant = {"principal": holder, "role": "national_author", "scope_kind": "country", "scope_id": "XA"}
            bodies.append((f"{_ACCESS}/grants", grant))
        return bodies

    @property
    def _known_account(self) -> str | None:
        accounts = [path for path in self._known if "/accounts/" in path]
        return self._chance.choice(accounts).rsplit("/", 1)[1] if accounts else None

    async def _edit(self, by: str, path: str) -> httpx.Response:
        self._number += 1
        shown = await self._calling(by).get(path)
        text = f"Changed {self._number}"
        for field, value in (
            ("keywords", [text]),
            ("established", 1000 + self._number),
            ("unit", text),
            ("subject", text),
            ("name", text),
            ("names", {"en": text}),
        ):
            if field in shown.json():
                return await self._calling(by).patch(path, {field: value}, etag=shown.headers.get("etag"))
        return shown

    async def _step(self, by: str, path: str) -> tuple[str | None, httpx.Response]:
        caller = self._calling(by)
        offered = await caller.get(f"{path}/transitions")
        actions = [one for one in offered.json().get("allowed_actions", []) if one["allowed"]]
        actions = [one for one in actions if one["action"] != "mark_first_party"]  # only proposed
        if not actions:
            return None, offered
        chosen = self._chance.choice(actions)
        return chosen["action"], await caller.step(path, chosen["action"], reason="because")


@pytest.mark.parametrize(
    ("seed", "steps"),
    [(4, 12), *long("compares every table after each step", *((seed, _STEPS) for seed in (1, 2, 3)))],
)
async def test_random_changes_have_one_entry_each(
    calling: Callable[[str | None], Caller], superuser: asyncpg.Connection, seed: int, steps: int
) -> None:
    doing = _Random(random.Random(seed), calling)
    before, known = await _state(superuser), await _entries(superuser)
    done: dict[str, int] = {}
    for _ in range(steps):
        by, action, response = await doing.act()
        assert response.status_code < 500, response.text
        after, entries = await _state(superuser), await _entries(superuser)
        new = [entries[key] for key in entries.keys() - known.keys()]
        _compare(before, after, new, by)
        if new and action in ("create", "update"):
            assert action in {entry["action"] for entry in new}
        if new:
            reported = action or "none"
            done[reported] = done.get(reported, 0) + 1
        before, known = after, entries
    assert "create" in done
    assert len(done) > min(6, steps / 10), done


def _own(row: Row) -> Row:
    """Changes with another record: an affiliation follows its expert without a version of its own."""
    return {name: value for name, value in row.items() if "expert_id" not in row or name not in _FOLLOWED}


def _compare(before: State, after: State, entries: list[asyncpg.Record], by: str) -> None:
    """AssertionError unless the entries are those of the records that changed, with their actor and states. An entry of
    what a change announces besides, such as a vacant office, has the same state twice."""
    assert not before.keys() - after.keys()
    announced = [entry for entry in entries if entry["before_hash"] == entry["after_hash"]]
    entries = [entry for entry in entries if entry not in announced]
    assert {entry["subject"] for entry in announced} <= {entry["subject"] for entry in entries}
    changed = {key: row for key, row in after.items() if key not in before or _own(row) != _own(before[key])}
    moved = {key: row["version"] for key, row in changed.items()}
    assert sorted((entry["subject"], entry["version"]) for entry in entries) == sorted(moved.items())
    for entry in entries:
        old = before.get(entry["subject"])
        assert moved[entry["subject"]] == (old["version"] + 1 if old else 1)
        assert (entry["actor_kind"], entry["actor_id"]) == (CALLERS[by].kind, CALLERS[by].id)
        assert entry["before_hash"] == state_hash(old)
        assert entry["after_hash"] == state_hash(after[entry["subject"]])
        assert entry["to_status"] == after[entry["subject"]]["status"]


async def test_a_country_whose_stage_moves_has_an_entry(
    calling: Callable[[str | None], Caller], database_url: str, superuser: asyncpg.Connection
) -> None:
    letter = {"country": "XC", "direction": "out", "date": "2026-02-03", "subject": "Invitation"}
    assert (await calling("admin").post(f"{_ACTIONS}/correspondence", letter)).status_code == 201
    database = await Database.open(ActionsSettings(database_url=database_url).database_dsn(), size=1)
    try:
        for is_new in (True, False):
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                assert await recompute_stage(uow, "XC") is is_new
    finally:
        await database.close()
    rows = await superuser.fetch(
        "SELECT a.version, a.action, a.from_status, a.to_status, o.type FROM core_audit a JOIN core_outbox o"
        " ON o.fact = a.id WHERE a.resource = 'actions.countries' AND a.country = 'XC'"
    )
    assert [tuple(row) for row in rows] == [(1, "recompute", "0", "1", "escm.actions.programme.stage_changed.v1")]


def test_the_records_of_all_services_are_compared() -> None:
    names = {table.name.split("_")[0] for table in _record_tables()}
    assert names == {"member", "centre", "action", "access"}
