"""The jobs: searching a whole collection or its changes, and checking one record."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Unpack
from uuid import UUID

from services.membership.linkage.record_linkage.institutions import body_of
from services.membership.linkage.record_linkage.names import name_key
from services.membership.linkage.record_linkage.persons import person_of
from services.membership.register.duplicates import operations, pairs, queries
from services.membership.register.duplicates.domain import Collection, Found
from services.membership.register.duplicates.operations import CHECK_JOB, PAIR_JOB, SEARCH_JOB
from services.membership.register.duplicates.search import KINDS, PARTITIONS, PersonSearch, among_bodies
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Row
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from shared.messaging.job_run import JobCancelled, JobHandlers, JobRun

_AT_ONCE = 500
_LOOKED_AT = 200
_LATE = timedelta(minutes=10)
"""How long before the last search a change may have started that the search did not read."""
_MANY = 50_000
"""Above this number of changed records, all are searched, which is faster."""


async def check_record(run: JobRun) -> dict[str, Any]:
    """Finds what one record may repeat."""
    resource: Collection = run.payload["resource"]
    async with run.unit_of_work() as uow:
        rows = await queries.some(uow.connection, resource, [UUID(run.payload["record"])])
        found = await operations.find_duplicates(uow.connection, resource, rows)
        new = await pairs.record(uow, resource, found, "entry")
    return {"records": len(rows), "pairs": len(found), "new": new}


async def search(run: JobRun) -> dict[str, Any]:
    """Searches a collection. First it deletes pairs of deleted records, then it writes the pairs that imports found. A
    scheduled job stops if an import waits: another job continues, reported as `goes_on`."""
    return await Search(run).to_the_end()


async def make_pair(run: JobRun) -> dict[str, Any]:
    """Makes a pair of two experts who are known to be one person."""
    keys = [UUID(run.payload[name]) for name in ("a", "b")]
    async with run.unit_of_work() as uow:
        found = await operations.known_pair(uow.connection, keys, run.payload.get("reason", "same_account"))
        return {"pairs": await pairs.record(uow, "experts", found, "entry")}


DUPLICATE_JOBS: JobHandlers = {CHECK_JOB: check_record, SEARCH_JOB: search, PAIR_JOB: make_pair}


class _Yielded(Exception):
    """An import waits for this job's slot. `place` is where the search continues."""

    def __init__(self, place: operations.Place) -> None:
        super().__init__()
        self.place = place


class Search:
    """One attempt at a search, from where an earlier job stopped. Pairs of an earlier attempt remain."""

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._resource: Collection = run.payload["resource"]
        self._place: operations.Place = run.payload.get("place", {})
        self._records = self._pairs = self._new = 0

    async def to_the_end(self) -> dict[str, Any]:
        """The job's result. Raises JobCancelled."""
        async with self._run.unit_of_work() as uow:
            began = self._place.get("began") or (await queries.present(uow.connection)).isoformat()
        goes_on = {}
        try:
            await (self._resume() if self._place else self._begin())
        except _Yielded as way:
            place: operations.Place = {**way.place, "began": began}
            async with self._run.unit_of_work() as uow:
                whole = self._run.payload["whole"]
                rest = operations.requeue_rest(uow, self._resource, whole=whole, place=place)
                goes_on = {"goes_on": str(rest)}
        else:
            async with self._run.unit_of_work() as uow:
                await operations.save_watermark(uow, self._resource, datetime.fromisoformat(began))
        return {"records": self._records, "pairs": self._pairs, "new": self._new, **goes_on}

    async def _begin(self) -> None:
        async with self._run.unit_of_work() as uow:
            since = await queries.covered_until(uow.connection, self._resource)
            few = (
                since is not None
                and await queries.how_many_changed(uow.connection, self._resource, since - _LATE, _MANY) < _MANY
            )
        await self._drop_lost()
        await self._write_imported()
        if self._run.payload["whole"] or not few or since is None:
            await self._through_all(0)
        else:
            await self._through_changed(since - _LATE, queries.LAST)

    async def _resume(self) -> None:
        if "slice" in self._place:
            await self._through_all(self._place["slice"])
        else:
            await self._through_changed(datetime.fromisoformat(self._place["since"]), UUID(self._place["last"]))

    async def _drop_lost(self) -> None:
        last = queries.LAST
        while True:
            async with self._writing() as uow:
                lost = await queries.lost(uow.connection, self._resource, last, _AT_ONCE)
                await operations.drop_lost(uow, self._resource, lost)
            if len(lost) < _AT_ONCE:
                return
            last = lost[-1].pair.id

    async def _write_imported(self) -> None:
        last = (queries.LAST, queries.LAST)
        while True:
            async with self._writing() as uow:
                known = await queries.imported(uow.connection, self._resource, last, _AT_ONCE)
                ids = sorted({record for both in known for record in both})
                rows = await queries.some(uow.connection, self._resource, ids)
                found = operations.imported(self._resource, known, rows)
                self._new += await pairs.record(uow, self._resource, found, "import")
            self._pairs += len(found)
            if len(known) < _AT_ONCE:
                return
            last = known[-1]

    async def _through_changed(self, since: datetime, last: UUID) -> None:
        while True:
            async with self._writing() as uow:
                rows = await queries.changed(uow.connection, self._resource, since, last, _LOOKED_AT)
                await self._store(uow, await operations.find_duplicates(uow.connection, self._resource, rows))
            self._records += len(rows)
            if len(rows) < _LOOKED_AT:
                return
            since, last = rows[-1]["updated_at"], rows[-1]["id"]
            await self._report(self._records, None, since=since.isoformat(), last=str(last))

    async def _through_all(self, first: int) -> None:
        if self._resource == "institutions":
            known = {row["id"]: body_of(row) async for rows in self._all() for row in rows}
            await self._write(await asyncio.to_thread(among_bodies, known))
            return
        person_search = PersonSearch()
        async for rows in self._all():
            stale = await asyncio.to_thread(_add, person_search, rows)
            if stale:
                async with self._run.unit_of_work() as uow:
                    await queries.write_name_keys(uow.connection, stale)
        slices, place = len(KINDS) * PARTITIONS, first
        while place < slices:
            kind, number = divmod(place, PARTITIONS)
            if number == 0 or place == first:
                await asyncio.to_thread(person_search.select_kind, KINDS[kind])
            found, following = await asyncio.to_thread(person_search.scan, number)
            await self._write(found)
            place = kind * PARTITIONS + following
            if place < slices:
                await self._report(self._records + place, self._records + slices, slice=place)

    async def _all(self) -> AsyncIterator[list[Row]]:
        last = queries.LAST
        while True:
            async with unit_of_work(self._run.database, SYSTEM_CONTEXT) as uow:
                rows = await queries.everything(uow.connection, self._resource, last)
            self._records += len(rows)
            yield rows
            if len(rows) < queries.PAGE:
                return
            last = rows[-1]["id"]
            await self._report(self._records, None)

    async def _write(self, found: Sequence[Found]) -> None:
        for start in range(0, len(found), _AT_ONCE):
            async with self._writing() as uow:
                await self._store(uow, found[start : start + _AT_ONCE])

    def _writing(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._run.unit_of_work(origin=Origin(request_id=str(self._run.id), bulk=True))

    async def _store(self, uow: UnitOfWork, found: Sequence[Found]) -> None:
        self._pairs += len(found)
        self._new += await pairs.record(uow, self._resource, found, "job")

    async def _report(self, done: int, total: int | None, **place: Unpack[operations.Place]) -> None:
        """Raises JobCancelled, and _Yielded if an import waits and the search can continue from a `place`."""
        await self._run.progress(done, total)
        if self._run.cancelled:
            raise JobCancelled
        if place and await self._run.is_awaited():
            raise _Yielded(place)


def _add(person_search: PersonSearch, rows: Sequence[Row]) -> dict[UUID, str]:
    """Adds experts to the search. Returns the correct key of those whose stored key follows an older rule."""
    stale = {}
    for row in rows:
        person_search.add(person_of(row))
        if (key := name_key(row["names"])) != row["name_key"]:
            stale[row["id"]] = key
    return stale
