"""A year of writes: what real writes leave, moved over 365 days, under the product's retention with an injected clock.

`BENCH_YEAR_WRITES` are the writes of the year; ten a second are 315,360,000. Rows of a sample, written over HTTP, are
repeated with new ids and times: more on weekdays and in the day. Each day the relay's chain links them, and its cleanup
deletes what is too old; each week a vacuum follows. What the functions of the database take for now is the day.
"""

import asyncio
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from services.membership.settings import MembershipSettings
from shared.audit.chain import Chain
from shared.audit.proof import CONTENT, content_hash
from shared.audit.watching import watch
from shared.messaging.housekeeping import tidy
from tests.bench.cases import EXPERTS
from tests.bench.growth import sizes, written
from tests.bench.servers import Addresses, alone, serving, tokens
from tests.support.membership import expert

WRITES = int(os.environ.get("BENCH_YEAR_WRITES", "157680"))
TEN_A_SECOND = 315_360_000
_WRITTEN = 200
"""Writes of the sample."""
DAYS = 365
_HOURS = (1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 8, 9, 10, 9, 7, 5, 4, 3, 2, 2, 1, 1)
_WEEKEND = 0.25
"""Writes of a day of a weekend, of those of another day."""
_CLOCK = """
CREATE SCHEMA clock;
GRANT USAGE ON SCHEMA clock TO PUBLIC;
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN current_setting('clock.at')::timestamptz;
ALTER FUNCTION escm.core_idempotency_rotate_partitions() SET search_path = escm, clock, pg_catalog, pg_temp;
ALTER FUNCTION escm.core_audit_make_partitions() SET search_path = escm, clock, pg_catalog, pg_temp;
ALTER FUNCTION escm.core_audit_retire(integer, integer) SET search_path = escm, clock, pg_catalog, pg_temp
"""
_SAMPLE = """
CREATE TABLE clock.core_fact AS
    SELECT row_number() OVER (ORDER BY position) - 1 AS k, f AS row FROM core_fact f
    WHERE position > $1 AND type LIKE 'escm.membership.expert.%';
CREATE TABLE clock.core_audit AS SELECT k, a AS row FROM clock.core_fact f JOIN core_audit a ON a.id = (f.row).fact;
CREATE TABLE clock.core_audit_key AS
    SELECT k, key AS row FROM clock.core_audit a JOIN core_audit_key key ON key.id = (a.row).detail_key;
CREATE TABLE clock.core_inbox AS SELECT k, i AS row FROM clock.core_fact f JOIN core_inbox i ON i.fact = (f.row).fact;
CREATE TABLE clock.core_batch AS SELECT f.k, b AS row
    FROM core_batch b JOIN clock.core_fact f ON (f.row).position = b.positions[cardinality(b.positions)];
CREATE TABLE clock.core_idempotency AS SELECT f.k, i AS row FROM
    (SELECT r, row_number() OVER (ORDER BY created_at) AS place FROM core_idempotency r) o (i, place) JOIN
    (SELECT k, row_number() OVER (ORDER BY k) AS place FROM clock.core_fact f WHERE (f.row).version = 1) f
    USING (place);
TRUNCATE core_fact, core_audit, core_audit_key, core_audit_link, core_audit_checkpoint, core_audit_signing_key,
    core_inbox, core_batch, core_idempotency;
UPDATE core_audit_head SET position = 0, hash = decode(repeat('00', 32), 'hex');
UPDATE core_audit_verified SET newest = 0, again = 0;
UPDATE core_lease SET position = $2;
UPDATE core_consumer SET position = $2;
CREATE FUNCTION clock.moved(id uuid, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN
    (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || substr(replace(id::text, '-', ''), 13))::uuid;
CREATE TABLE clock.write (n bigint, k bigint, at timestamptz, born timestamptz)
"""
_MOVED = {
    "core_fact": """'position', n, 'fact', clock.moved((s.row).fact, at), 'time', at, 'sequenced_at', at,
        'subject', clock.moved((s.row).subject, born)""",
    "core_audit_key": "'id', clock.moved((s.row).id, at), 'subject', clock.moved((s.row).subject, born)",
    "core_inbox": "'fact', clock.moved((s.row).fact, at)",
    "core_batch": """'id', clock.moved((s.row).id, at), 'created_at', at, 'due_at', at, 'finished_at', at,
        'positions', (SELECT array_agg(n - i) FROM generate_series(0, cardinality((s.row).positions) - 1) i)""",
    "core_idempotency": """'day', (at AT TIME ZONE 'UTC')::date, 'created_at', at,
        'scope', sha256((s.row).scope || int8send(n))""",
}
_MOVE = """
INSERT INTO {table} SELECT made.* FROM clock.write JOIN clock.{table} s USING (k)
    CROSS JOIN LATERAL jsonb_populate_record(s.row, jsonb_build_object({values})) made
"""
_LEFT = (*_MOVED, "core_audit", "core_audit_link")
_BEHIND = "SELECT (SELECT max(position) FROM core_fact) > (SELECT position FROM core_audit_head)"


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`year_*`: bytes of each purpose at the end of a year of ten writes a second, as many times the simulated ones as
    there are fewer of them; how long retention took; and how long writes waited meanwhile."""
    (token,) = await tokens(at, "secretariat")
    settings = MembershipSettings(database_url=at.postgres, redis_url=at.valkey)
    await connection.execute("SET search_path = escm")
    before = await connection.fetchval("SELECT coalesce(max(position), 0) FROM core_fact")
    await written(at, connection, token, _WRITTEN)
    await connection.execute(_CLOCK)
    for statement in _SAMPLE.split(";"):
        values = [value for name, value in (("$1", before), ("$2", WRITES)) if name in statement]
        await connection.execute(statement.replace("$2", "$1") if len(values) == 1 else statement, *values)
    empty = await sizes(connection)
    relay = await asyncpg.connect(
        settings.database_dsn("relay"), server_settings={"search_path": "escm, clock, pg_catalog", "timezone": "UTC"}
    )
    year = _Year(connection, relay, settings)
    await year.live()
    found = {f"year_{name}": value for name, value in year.found.items()}
    for purpose, size in (await sizes(connection) - empty).items():
        found[f"year_{purpose}"] = alone(size * TEN_A_SECOND / WRITES / 1e9, "GB at ten writes a second")
    for table in _LEFT:
        found[f"year_rows_{table}"] = alone(await connection.fetchval(f"SELECT count(*) FROM {table}"), "rows")
    found |= await year.end(at)
    await relay.close()
    return found


class _Year:
    """365 days up to the first of this month. `connection` writes; `relay` has the rights and the clock of a relay."""

    def __init__(self, connection: asyncpg.Connection, relay: asyncpg.Connection, settings: MembershipSettings) -> None:
        self._connection = connection
        self._relay = relay
        self._settings = settings
        self._start = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
        self._day = 0
        self._chain = Chain(settings, clock=self._seconds)
        self.found: dict[str, Any] = {}

    def _seconds(self) -> float:
        return self._day * 86_400.0

    async def _turn_to(self, day: int) -> None:
        self._day = day
        at = self._start + timedelta(days=day)
        await self._relay.execute("SELECT set_config('clock.at', $1, false)", at.isoformat())

    async def live(self) -> None:
        """Writes and retains, day by day."""
        await self._months()
        sample = await self._connection.fetch("SELECT k, (row).* FROM clock.core_audit ORDER BY k")
        first: dict[UUID, int] = {}
        born = [first.setdefault(row["subject"], row["k"]) for row in sample]
        times = list(_times(self._start))
        took: Counter[str] = Counter()
        begun = 0
        for day in range(DAYS):
            await self._turn_to(day)
            until = self._start + timedelta(days=day + 1)
            with _timed(took, "retention"):
                await tidy(self._relay, self._settings.responses_mebibytes)
            end = next((n for n in range(begun, len(times)) if times[n] >= until), len(times))
            await self._write(sample, born, times, range(begun, end))
            begun = end
            with _timed(took, "links"):
                while await self._connection.fetchval(_BEHIND):
                    await self._link()
            if day % 7 == 6:
                for table in _LEFT:
                    await self._connection.execute(f"VACUUM {table}")
        await self._turn_to(DAYS)
        await tidy(self._relay, self._settings.responses_mebibytes)
        await self._link()
        for name, seconds in took.items():
            self.found[f"{name}_s"] = alone(seconds, "s in the whole year")

    async def _link(self) -> None:
        async with self._relay.transaction():
            await self._chain(self._relay)

    async def _months(self) -> None:
        """Partitions of entries of the past, which the product makes ahead of time."""
        for month in range(13):
            await self._connection.execute(
                "SELECT core_audit_partition(date_trunc('month', $1::timestamp) + $2 * interval '1 month')",
                self._start.replace(tzinfo=None),
                month,
            )

    async def _write(
        self, sample: Sequence[asyncpg.Record], born: Sequence[int], times: Sequence[datetime], numbers: range
    ) -> None:
        def writes() -> Iterator[tuple[int, int, datetime, datetime]]:
            for n in numbers:
                k = n % len(sample)
                yield n + 1, k, times[n], times[n - k + born[k]]

        def entries() -> Iterator[tuple[Any, ...]]:
            for _, k, at, created in writes():
                yield tuple(_entry(sample[k], at, created).values())

        await self._connection.execute("TRUNCATE clock.write")
        await self._connection.copy_records_to_table("write", schema_name="clock", records=writes())
        await self._connection.copy_records_to_table(
            "core_audit", records=entries(), columns=list(sample[0].keys())[1:]
        )
        for table, values in _MOVED.items():
            await self._connection.execute(_MOVE.format(table=table, values=values))

    async def end(self, at: Addresses) -> dict[str, Any]:
        """How long writes over HTTP take: alone, while a month of facts and what belongs to them is deleted at once,
        and while the oldest month of entries is retired."""
        found: dict[str, Any] = {}
        (token,) = await tokens(at, "secretariat")
        self._settings = self._settings.model_copy(update={"audit_years": 1})
        self._chain = Chain(self._settings, clock=self._seconds)

        async def delete() -> None:
            await self._turn_to(DAYS + 30)
            await tidy(self._relay, self._settings.responses_mebibytes)

        async def retire() -> None:
            await self._turn_to(DAYS + 31)
            await self._link()

        with serving("services.membership.app:create_app", at, factory=True) as (address, _):
            for name, work in (("alone", lambda: asyncio.sleep(10)), ("deleting", delete), ("retiring", retire)):
                async with _writing(address, token) as waits:
                    began = time.perf_counter()
                    await work()
                    took = time.perf_counter() - began
                found[f"year_{name}_s"] = alone(took, f"s, {len(waits)} writes meanwhile")
                found[f"year_{name}_write_p50_ms"] = alone(statistics.median(waits), "ms")
                found[f"year_{name}_write_max_ms"] = alone(max(waits), "ms")
        began = time.perf_counter()
        async with self._connection.transaction():
            if bad := await watch(self._connection):
                raise RuntimeError(f"{bad.what} at {bad.position}")
        found["year_verification_s"] = alone(time.perf_counter() - began, "s")
        return found


def _times(start: datetime) -> Iterator[datetime]:
    """The times of the writes, in order."""
    dice = random.Random(20261129)
    hours = [start + timedelta(hours=hour) for hour in range(24 * DAYS)]
    weights = [_HOURS[hour.hour] * (_WEEKEND if hour.weekday() > 4 else 1) for hour in hours]
    chosen = Counter(dice.choices(range(len(hours)), weights, k=WRITES))
    for number, hour in enumerate(hours):
        yield from (
            hour + timedelta(seconds=second) for second in sorted(dice.random() * 3600 for _ in range(chosen[number]))
        )


def _moved(old: UUID, at: datetime) -> UUID:
    """An id of another time."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | old.int & (1 << 80) - 1)


def _entry(row: Mapping[str, Any], at: datetime, created: datetime) -> dict[str, Any]:
    entry = {**row, "id": _moved(row["id"], at), "at": at, "subject": _moved(row["subject"], created)}
    del entry["k"]
    if row["detail_key"] is not None:
        entry["detail_key"] = _moved(row["detail_key"], at)
    content = {name: entry[name] for name in CONTENT}
    return entry | {"content_hash": content_hash(content, row["detail"], entry["detail_key"])}


@contextmanager
def _timed(took: Counter[str], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took[name] += time.perf_counter() - began


@asynccontextmanager
async def _writing(address: str, token: str) -> AsyncIterator[list[float]]:
    """Writes one after the other; the milliseconds that each took."""
    waits: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}

    async def write() -> None:
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=600) as client:
            while True:
                began = time.perf_counter()
                key = {"Idempotency-Key": str(uuid4())}
                (
                    await client.post(EXPERTS, json=expert(names=[{"full": "Late Person"}]), headers=key)
                ).raise_for_status()
                waits.append((time.perf_counter() - began) * 1000)

    writing = asyncio.create_task(write())
    await _more(waits, writing)
    yield waits
    await _more(waits, writing)
    writing.cancel()
    await asyncio.wait([writing])


async def _more(waits: list[float], writing: asyncio.Task[None]) -> None:
    """Waits for the end of a write. Raises what ended the writing."""
    count = len(waits)
    while len(waits) == count:
        if writing.done():
            writing.result()
        await asyncio.sleep(0.01)
