"""Details about a person: encrypted, readable in the history, and unreadable after the person is erased."""

from uuid import UUID

from shared.audit.details import erase_details
from shared.database.context import SYSTEM_CONTEXT
from shared.records.history import history, line
from tests.shared.audit.trail import CANARY, Trail, change


async def _lines(trail: Trail, subject: UUID) -> list[dict[str, object]]:
    async with trail.database.acquire() as connection:
        rows = await history(connection, SYSTEM_CONTEXT, subject, before=None, limit=50)
    return [line(row) for row in rows]


async def _is_stored(trail: Trail, text: str) -> bool:
    """Whether the text is anywhere in the trail's tables."""
    for table in ("core_audit", "core_audit_key", "core_audit_link", "core_outbox", "core_fact"):
        rows = await trail.admin.fetch(f"SELECT t::text AS row FROM {table} t")
        if any(text in row["row"] or text.encode().hex() in row["row"] for row in rows):
            return True
    return False


async def test_a_change_of_a_person_is_stored_encrypted_and_shown_to_who_may_read_it(trail: Trail) -> None:
    subject = await trail.write(2)
    assert not await _is_stored(trail, CANARY)
    newest, oldest = await _lines(trail, subject)
    assert newest["reason"] == f"because {CANARY} asked"
    assert newest["changes"][0] == {"pointer": "/name", "before": f"{CANARY} 1", "after": f"{CANARY} 2"}
    assert (oldest["version"], "erased" in oldest) == (1, False)


async def test_the_actors_name_is_not_stored(trail: Trail) -> None:
    await trail.write(1)
    assert not await _is_stored(trail, 'system"')


async def test_who_is_forgotten_leaves_lines_without_values_and_a_trail_that_verifies(trail: Trail) -> None:
    gone, other = await trail.write(3), await trail.write(2)
    await trail.link(seal=True)
    async with trail.writing() as uow:
        await erase_details(uow, gone)
    lines = await _lines(trail, gone)
    assert [(each["version"], each["erased"], each["changes"], each["reason"]) for each in lines] == [
        (version, True, [], None) for version in (3, 2, 1)
    ]
    assert lines[0]["action"] == "update"
    assert all("erased" not in each for each in await _lines(trail, other))
    assert (await trail.summary()).sealed == 5


async def test_one_transaction_makes_one_key_for_a_person(trail: Trail) -> None:
    subject = await trail.write(1)
    async with trail.writing() as uow:
        for version in (2, 3, 4):
            change(uow, subject, version)
    assert await trail.admin.fetchval("SELECT count(*) FROM core_audit_key WHERE subject = $1", subject) == 2
    details = await trail.admin.fetch("SELECT detail FROM core_audit WHERE subject = $1", subject)
    assert len({row["detail"] for row in details}) == 4
    assert [each["version"] for each in await _lines(trail, subject)] == [4, 3, 2, 1]


async def test_a_history_goes_on_after_a_version(trail: Trail) -> None:
    subject = await trail.write(5)
    async with trail.database.acquire() as connection:
        first = await history(connection, SYSTEM_CONTEXT, subject, before=None, limit=2)
        place = first[1]["version"], first[1]["id"]
        second = await history(connection, SYSTEM_CONTEXT, subject, before=place, limit=10)
    assert [row["version"] for row in first] == [5, 4, 3]
    assert [row["version"] for row in second] == [3, 2, 1]
