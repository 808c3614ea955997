"""What the register showed on a past day stays the same under imports, their undos, closures, changes and merges."""

import hashlib
import json
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.centres.designation.tenures.operations import apply_due as apply_changes
from services.centres.register.closures.operations import apply_due as apply_closures
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today, years_after
from tests.support.callers import Caller
from tests.support.centres import CENTRES, Members, agreed, unused_country
from tests.support.clock import Calendar
from tests.support.imports import Importer, csv_of
from tests.support.register import CHANGES
from tests.support.register_world import World, digest
from tests.support.waiting import eventually

_DAYS = 20
_HEADINGS = "registration_number,country,name,host,unit,director,term_starts,term_ends"
_IS_SETTLED = """
SELECT NOT EXISTS (SELECT FROM core_outbox)
    AND NOT EXISTS (SELECT FROM core_batch WHERE status IN ('queued', 'running'))
    AND NOT EXISTS (SELECT FROM core_consumer WHERE position < (SELECT max(position) FROM core_fact))
"""


class ImportedWorld(World):
    """Centres that were designated or imported, whose imports are repeated, corrected and undone."""

    def __init__(self, office: Importer, members: Members, country: str, seed: int) -> None:
        super().__init__(office.caller, members, country, seed)
        self.office = office
        self.imports: list[dict[str, Any]] = []
        self.last: list[list[str]] = []
        self._begun = today()
        self._new = count(70)

    async def happen(self) -> None:
        choice = self.random.choice(
            (self.bring, self.bring, self.repeat, self.undo_import, self.undo_import, self.close, self.close,
             self.revoke, self.change, self.change, super().happen, super().happen)
        )  # fmt: skip
        await choice()

    async def bring(self) -> None:
        """A file with a new centre, and with two of six that may be new or differ from their last row."""
        numbers = [*self.random.sample(range(60, 66), 2), next(self._new)]
        self.last = [self._row(number) for number in numbers]
        await self.repeat()

    def _row(self, number: int) -> list[str]:
        """Host and term stay, since a row cannot change them."""
        host, director = self.hosts[number % 2]["ref"], self.random.choice(self.people)["ref"]
        starts = self._begun - timedelta(days=10 * number)
        term = (str(starts), str(years_after(starts, 4) - timedelta(days=1)))
        name, unit = self.random.choice((f"Centre {number}", uuid4().hex[:6])), self.random.choice(("Peat", "Soils"))
        return [f"ESNRC-{self.country}-{number}", self.country, name, host, unit, director, *term]

    async def repeat(self) -> None:
        """The last file again."""
        if self.last:
            done = await self.office.bring("centres", csv_of(_HEADINGS, self.last))
            self.imports.append(done)
            self.done.update(done["counts"])

    async def undo_import(self) -> None:
        if self.imports:
            done = self.imports.pop(self.random.choice((-1, self.random.randrange(len(self.imports)))))
            before = {one["id"] for one in await self.living()}
            response = await self.office.undo(done)
            assert response.status_code in (200, 202, 409), response.text
            if response.status_code == 202:
                assert (await self.office.end_of(response.headers["location"]))["status"] == "succeeded"
            self.done["removed"] += len(before - {one["id"] for one in await self.living()})

    async def living(self) -> list[dict[str, Any]]:
        found = (await self.admin.get(CENTRES, params={"country": self.country, "limit": "200"})).json()["items"]
        return list(found)

    async def _step(self, verb: str, **fields: Any) -> None:
        path = self.random.choice(await self.living())["links"]["self"]
        response = await self.admin.step(path, verb, reason="Something", fields={"public_note": "Noted.", **fields})
        assert response.status_code in (200, 409, 422), response.text
        self.done[verb] += response.status_code == 200

    async def close(self) -> None:
        later = today() + timedelta(days=self.random.randint(0, 3))
        await self._step("close", effective=str(later), cause="mutual")

    async def revoke(self) -> None:
        path = self.random.choice(await self.living())["links"]["self"]
        response = await self.admin.step(path, "revoke_closure", reason="Found money")
        assert response.status_code in (200, 409, 422), response.text

    async def change(self) -> None:
        value: dict[str, Any] = self.random.choice(
            (
                {"names": {"en": f"Name {uuid4().hex[:6]}"}},
                {"director_id": self.random.choice(self.people)["id"]},
                {"host_institution_id": self.random.choice(self.hosts)["id"]},
                {"position": {"lat": self.random.randint(-80, 80), "lon": 5}},
            )
        )
        await self._step("change", effective=str(today() + timedelta(days=self.random.randint(-2, 3))), **value)

    async def shown_on(self, anonymous: Caller, day: str) -> str:
        """The digest of what the register answers about a day, and of the changes of that day; without directors, whose
        names are the present ones."""
        yesterday = date.fromisoformat(day) - timedelta(days=1)
        query = {"country": self.country, "after": str(yesterday), "limit": "200"}
        lines = (await anonymous.get(CHANGES, params=query)).json()["items"]
        of_day = [line for line in lines if line["on"] == day and line["change"] != "director_changed"]
        text = await digest(anonymous, self.country, day) + json.dumps(of_day, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.long("imports and undoes at random")
@pytest.mark.parametrize("seed", [1, 2])
async def test_past_days_stay_equal_under_imports_and_undos(
    head_office: Importer,
    anonymous: Caller,
    members: Members,
    superuser: asyncpg.Connection,
    database: Database,
    days: Calendar,
    seed: int,
) -> None:
    world = ImportedWorld(head_office, members, unused_country(), seed)
    await world.begin(superuser)
    for centre in world.centres:
        await agreed(world.admin, centre)
    kept: dict[str, str] = {}
    for _ in range(_DAYS):
        for schedule in (apply_changes, apply_closures):
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                await schedule(uow)
        for _ in range(world.random.randint(1, 4)):
            await world.happen()
        await eventually(lambda: superuser.fetchval(_IS_SETTLED))
        day = str(today())
        kept[day] = await world.shown_on(anonymous, day)
        days.pass_days()
    assert {day: await world.shown_on(anonymous, day) for day in kept} == kept
    assert len(set(kept.values())) > _DAYS / 2, "the days differ"
    for what in ("created", "updated", "unchanged", "removed", "close", "change"):
        assert world.done[what], f"{what} has happened: {world.done}"
