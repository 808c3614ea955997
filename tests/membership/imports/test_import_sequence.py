"""Batches that are planned while the previous one is written: the outcome is that of a sequence."""

import asyncio
import random
from collections.abc import Callable

import asyncpg
import pytest

from shared.bulk import writing
from shared.bulk.validation import Batch
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.job_run import JobRun
from tests.support.imports import Importer, counts, csv_of

_HEADINGS = "given_names,family_name,country,institution,email,topic"
_STATE = """
SELECT e.display_name, e.emails, e.keywords, e.version,
    ARRAY(SELECT raw FROM member_affiliation a WHERE a.expert_id = e.id ORDER BY raw)
FROM member_expert e ORDER BY e.display_name, e.emails
"""
_BUMP = "UPDATE core_import_sequence SET number = number + 1"


def _new(count: int) -> bytes:
    """Rows that match no record, nor one another."""
    rows = [(f"Given{n}", f"Family{n}", "XB", "", f"{n}@turns.example", "Ice") for n in range(count)]
    return csv_of(_HEADINGS, rows)


def _repeating(seed: int) -> bytes:
    """Rows that match one another by e-mail and by identity, near and far."""
    dice = random.Random(seed)
    people = [(f"Given{n}", f"Family{n}", "XA", f"Place {n}", f"{n}@turns.example") for n in range(60)]
    rows = []
    for number in range(200):
        given, family, country, place, email = people[dice.randrange(min(60, 8 + number))]
        rows.append((given, family, country, place, dice.choice((email, email, "")), f"Topic {dice.randrange(3)}"))
    return csv_of(_HEADINGS, rows)


@pytest.mark.long("imports several batches")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_rows_that_repeat_in_other_batches_lead_to_one_record(
    seed: int, secretariat: Importer, database: asyncpg.Connection, batches_of: Callable[[int], None]
) -> None:
    at_once = await secretariat.bring("experts", _repeating(seed))
    expected = await database.fetch(_STATE)
    await database.execute("TRUNCATE member_expert, core_import_identity CASCADE")
    batches_of(8)
    in_batches = await secretariat.bring("experts", _repeating(seed))
    assert in_batches["counts"]["created"] == at_once["counts"]["created"] <= 120
    assert await database.fetch(_STATE) == expected


@pytest.mark.long("imports several batches")
@pytest.mark.parametrize("seed", [4, 5])
async def test_a_dry_run_and_an_import_that_may_abort_count_rows_that_repeat_in_other_batches(
    seed: int, secretariat: Importer, database: asyncpg.Connection, batches_of: Callable[[int], None]
) -> None:
    batches_of(8)
    dry = await secretariat.bring("experts", _repeating(seed), mode="dry_run")
    left = await database.fetch("SELECT 1 FROM core_import_row UNION ALL SELECT 1 FROM core_import_key")
    assert not left
    strict = await secretariat.bring("experts", _repeating(seed), on_error="abort")
    assert dry["counts"] == strict["counts"]
    assert strict["counts"]["failed"] == 0 < strict["counts"]["updated"]
    changed = _repeating(seed).replace(b"Topic 1", b"Topic 7")
    dry = await secretariat.bring("experts", changed, mode="dry_run")
    assert dry["counts"] == (await secretariat.bring("experts", changed))["counts"]


async def test_a_bad_row_in_the_last_batch_keeps_the_first_from_being_written(
    secretariat: Importer, database: asyncpg.Connection, batches_of: Callable[[int], None]
) -> None:
    batches_of(8)
    content = _new(20) + csv_of("x,x,x,x,x,x", [("", "", "XB", "", "", "")]).split(b"\n", 1)[1]
    result = await secretariat.bring("experts", content, on_error="abort")
    assert (result["counts"], result["aborted"]) == (counts(failed=21), True)
    assert [row["problem"] for row in await secretariat.failures(result)] == ["import_aborted"] * 20 + ["name_missing"]
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0


async def test_two_batches_are_under_way_at_once_and_end_in_their_order(
    secretariat: Importer, monkeypatch: pytest.MonkeyPatch, batches_of: Callable[[int], None]
) -> None:
    batches_of(8)
    under_way, most = 0, 0
    ended: list[int] = []
    write = writing.Writer.write

    async def watched(self: writing.Writer, run: JobRun, batch: Batch, *rest: object) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await write(self, run, batch, *rest)  # type: ignore[arg-type]
        under_way -= 1
        ended.append(batch.number)

    monkeypatch.setattr(writing.Writer, "write", watched)
    result = await secretariat.bring("experts", _new(80))
    assert result["counts"] == counts(created=80)
    assert most == 2
    assert ended == [*range(10)]


async def test_a_batch_that_was_overtaken_is_planned_anew(
    secretariat: Importer,
    database: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    batches_of: Callable[[int], None],
) -> None:
    batches_of(8)
    overtaking = asyncio.Event()
    record_changes = writing.Writer._record_changes

    async def overtaken(
        self: writing.Writer, uow: UnitOfWork, changes: list[object], is_recorded: asyncio.Event
    ) -> None:
        if changes and not overtaking.is_set() and "9@turns.example" in str(changes):
            overtaking.set()
            names = [{"given": "Given9", "family": "Family9"}]
            body = {"names": names, "country": "XB", "emails": [{"value": "9@turns.example"}]}
            assert (await secretariat.caller.post("/membership/v1/experts", body)).status_code == 201
            await database.execute(_BUMP)
        await record_changes(self, uow, changes, is_recorded)  # type: ignore[arg-type]

    monkeypatch.setattr(writing.Writer, "_record_changes", overtaken)
    result = await secretariat.bring("experts", _new(40))
    assert overtaking.is_set()
    assert result["counts"] == counts(created=39, updated=1)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 40


async def test_a_batch_that_fails_ends_those_that_wait_for_it(
    secretariat: Importer,
    database: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    batches_of: Callable[[int], None],
) -> None:
    batches_of(8)
    execute_all = writing.Writer._execute
    failures = 0

    async def failing(self: writing.Writer, connection: asyncpg.Connection, batch: Batch, *rest: object) -> None:
        nonlocal failures
        if batch.number == 2 and not failures:
            failures += 1
            raise RuntimeError("once")
        await execute_all(self, connection, batch, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(writing.Writer, "_execute", failing)
    result = await secretariat.bring("experts", _new(80))
    assert (failures, result["counts"]) == (1, counts(created=80))
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 80
    assert await database.fetchval("SELECT count(*) FROM core_audit WHERE resource = 'membership.experts'") == 80
