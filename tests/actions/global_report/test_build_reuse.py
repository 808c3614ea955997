"""The next build of an edition makes only the parts whose inputs changed; what no build uses goes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.actions.global_report.builds import operations, parts
from services.actions.global_report.builds.operations import build_files
from services.actions.settings import ActionsSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from tests.actions.global_report.test_builds import contents
from tests.actions.global_report.test_versions import ended
from tests.support.callers import Caller
from tests.support.centres import entered
from tests.support.editions import CONTRIBUTIONS, contribution_body, edition, editor
from tests.support.mailbox import Mailbox
from tests.support.review import TEXT, UnderReview, send_version, under_review

_OF_ONE = 5
"""HTML, JATS, Markdown and typst by pandoc, and a PDF by itself."""


async def _built(by: Caller, of: UnderReview) -> tuple[int, int, dict[str, bytes]]:
    """How many parts a proof made and took over, and its files by the ends of their names."""
    job = await ended(by, await by.post(f"{of.edition_path}/builds", {"kind": "proof", "languages": ["en"]}))
    assert job["status"] == "succeeded", job
    (made,) = [
        one
        for one in (await by.get(f"{of.edition_path}/builds")).json()["items"]
        if one["number"] == job["result"]["build"]
    ]
    return job["result"]["made"], job["result"]["reused"], await contents(by, made)


def _without(files: dict[str, bytes], ending: str) -> dict[str, Any]:
    return {name: content for name, content in files.items() if ending in name}


@pytest.mark.long("proofs are made by processes of pandoc and typst")
async def test_a_build_makes_only_what_changed(
    admin: Caller,
    posted: Mailbox,
    membership: httpx.AsyncClient,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert membership
    text = await under_review(admin, superuser, monkeypatch)
    chief = editor(admin, text.edition, monkeypatch, "editor_in_chief")
    await chief.step(text.edition_path, "close_call")
    other = await entered(chief, CONTRIBUTIONS, contribution_body(text.edition))
    path = str(other["links"]["self"])
    await send_version(chief, path)
    made, reused, first = await _built(chief, text)
    assert (made, reused) == (2 * _OF_ONE, 0)

    await send_version(chief, path, TEXT.replace("carbon", "much carbon"))
    made, reused, second = await _built(chief, text)
    assert (made, reused) == (_OF_ONE, _OF_ONE)
    own, changed = f"soils-{text.contribution['number']}.pdf", f"soils-{other['number']}.pdf"
    assert _without(first, own) == _without(second, own) != {}
    assert _without(first, changed) != _without(second, changed)
    assert first["en.html"] != second["en.html"]

    made, reused, third = await _built(chief, text)
    assert (made, reused, third) == (0, 2 * _OF_ONE, second)
    await superuser.execute("DELETE FROM action_build_part WHERE edition_id = $1", UUID(text.edition["id"]))
    made, reused, fourth = await _built(chief, text)
    assert (made, reused, fourth) == (2 * _OF_ONE, 0, second), "what is taken over is what would be made"


@pytest.mark.parametrize(("name", "value"), [("MOST_PARTS", 1), ("MOST_BYTES", 10), (None, None)])
async def test_parts_are_bounded_and_go_when_no_build_uses_them(
    admin: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    settings: ActionsSettings,
    name: str | None,
    value: int,
) -> None:
    key, at = UUID((await edition(admin))["id"]), now()
    insert = "INSERT INTO action_build_part VALUES ($1, $2, $3, 6, $4)"
    for place, age in enumerate((0, 1, 31)):
        await superuser.execute(insert, key, f"digest {place}", f"{place}" * 64, at - timedelta(days=age))
    if name is not None:
        monkeypatch.setattr(parts, name, value)
    database = await Database.open(settings.database_dsn(), size=1)
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await operations.removing(build_files(settings)).run(uow)
    finally:
        await database.close()
    left = await superuser.fetch("SELECT digest FROM action_build_part WHERE edition_id = $1 ORDER BY digest", key)
    assert [row["digest"] for row in left] == (["digest 0"] if name else ["digest 0", "digest 1"])
