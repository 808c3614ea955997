"""A country's assessments, tasks, calendars and chapter of the Global Report, for the fixture of one country."""

from collections.abc import Awaitable, Callable
from itertools import count
from json import dumps
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.actions.neighbours import enter as enter_row
from tests.support.centres import DOCUMENT

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder

_editions, _figures = count(1), count(1)
_VERSION = """
WITH shown AS (
    INSERT INTO action_version_image (contribution_id, name, media_type, content)
    VALUES ($1, 'image.png', 'image/png', convert_to($3, 'UTF8')) RETURNING name
)
INSERT INTO action_version (id, contribution_id, number, language, sha256, words, blocks, content, cited, warnings,
    images, created_at, created_by)
SELECT uuidv7(), $1, 1, 'en', '', 1, $2, '[]', '[]', '[]',
    jsonb_build_array(jsonb_build_object('name', name, 'block', 1, 'alternative', $3::text)), now(), 'system' FROM shown
"""
_BUILD = """
WITH made AS (
    INSERT INTO action_build (id, edition_id, number, kind, status, languages, warnings, created_at, created_by)
    VALUES (uuidv7(), $1, 1, 'final', 'complete', '{en}', '[]', now(), 'system') RETURNING id
)
INSERT INTO action_build_file (build_id, name, media_type, sha256, size)
SELECT id, 'report.pdf', 'application/pdf', repeat('0', 64), 1 FROM made
"""
_ERRATUM = """
INSERT INTO action_erratum (id, edition_id, contribution_id, issue, version, replaces, severity, texts, published_at,
    created_by)
SELECT uuidv7(), edition_id, id, 1, 2, 1, 'minor', $2, now(), 'system' FROM action_contribution WHERE id = $1
"""
_REVIEWER = """
INSERT INTO action_reviewer (id, version, status, country, visibility, created_at, created_by, updated_at, updated_by,
    edition_id, contribution_id, round_id, round_number, expert_id, titles)
SELECT uuidv7(), 1, 'invited', $4, 'restricted', now(), 'system', now(), 'system', c.edition_id, c.id, $2, 1, $3,
    c.titles
FROM action_contribution c WHERE c.id = $1 RETURNING id, ref
"""
Enter = Callable[..., Awaitable[dict[str, Any]]]


async def enter_collaboration(seeder: "Seeder", fixture: "CountryFixture") -> None:
    """A record of each kind, after the programme with its period."""
    await _assessments(fixture, seeder.enter, seeder.superuser)
    await _tasks(fixture, seeder.enter)
    await _chapter(fixture, seeder.enter, seeder.superuser)


async def _assessments(fixture: "CountryFixture", enter: Enter, superuser: asyncpg.Connection) -> None:
    """An assessment of the programme that waits for a reply."""
    subject = {"kind": "programme", "id": fixture.id("programmes")}
    made = await enter(
        fixture, "actions", "assessments", subject=subject, period_id=fixture.id("periods"), completion="limited",
        assessor={"name": fixture.word}, text={"en": fixture.word}, date="2026-03-01", visibility="restricted",
        evidence=[{**DOCUMENT, "title": fixture.word}],
    )  # fmt: skip
    submit = "UPDATE action_assessment SET status = 'submitted', reply_due = '2090-01-01' WHERE id = $1"
    await superuser.execute(submit, made["id"])


async def _chapter(fixture: "CountryFixture", enter: Enter, superuser: asyncpg.Connection) -> None:
    """The chapter of the country in an edition of its own, with a version."""
    await enter(fixture, "actions", "editions", **edition_of(fixture))
    made = await enter(fixture, "actions", "contributions", **contribution_of(fixture))
    block = {"number": 1, "kind": "paragraph", "text": fixture.word}
    await superuser.execute(_VERSION, made["id"], dumps([block]), fixture.word)
    await superuser.execute(_ERRATUM, made["id"], dumps({"en": fixture.word}))
    of_round = await enter(fixture, "actions", f"editions/{fixture.id('editions')}/review_rounds", **round_of(fixture))
    await superuser.execute("UPDATE action_review_round SET status = 'open' WHERE id = $1", of_round["id"])
    await enter(fixture, "actions", f"contributions/{made['id']}/comments", **comment_of(fixture))
    reviewer = await superuser.fetchrow(_REVIEWER, made["id"], of_round["id"], fixture.id("peers"), fixture.country)
    fixture.reviewer = await _reviewer_of_all(superuser)
    fixture.records["report_reviewers"] = {"id": str(reviewer["id"]), "ref": reviewer["ref"]}
    await enter(fixture, "actions", "figures", **figure_of(fixture))
    await superuser.execute(_BUILD, fixture.id("editions"))


async def _reviewer_of_all(superuser: asyncpg.Connection) -> str:
    """An expert whom every edition may invite. There is one, so that a further country adds no row that others see."""
    somebody = {"status": "active", "category": "expert", "display_name": "A Reviewer of chapters"}
    place = {"country": "XC", "visibility": "network"}
    known = "SELECT id FROM member_expert WHERE display_name = $1"
    found = await superuser.fetchval(known, somebody["display_name"])
    return str(found or await enter_row(superuser, "member_expert", **somebody, **place))


def round_of(fixture: "CountryFixture") -> dict[str, Any]:
    """A round with the chapter."""
    days = {"opens": "2026-01-01T00:00:00Z", "closes": "2090-01-01T00:00:00Z"}
    return {**days, "audience": "experts", "contributions": [fixture.id("contributions")]}


def comment_of(fixture: "CountryFixture") -> dict[str, Any]:
    """A comment on the chapter."""
    return {"round": 1, "from": 1, "quote": fixture.word, "text": fixture.word}


def edition_of(fixture: "CountryFixture") -> dict[str, Any]:
    """An edition with the chapter of the country. Its year has it once."""
    place = {"year": 2000 + next(_editions) % 200, "number": 1 + next(_editions) % 99, "visibility": "restricted"}
    chapter = {"key": "chapter", "titles": {"en": fixture.word}, "kind": "country", "country": fixture.country}
    return {**place, "titles": {"en": fixture.word}, "outline": [chapter]}


def contribution_of(fixture: "CountryFixture") -> dict[str, Any]:
    """The chapter, without authors."""
    titles = {"en": fixture.word}
    return {"edition_id": fixture.id("editions"), "outline_key": "chapter", "titles": titles, "conflicts": fixture.word}


def figure_of(fixture: "CountryFixture") -> dict[str, Any]:
    """A figure of the edition that shows its country."""
    word, key = {"en": fixture.word}, f"f{next(_figures)}"
    parameters = {"of": "experts", "by": "status", "country": fixture.country}
    query = {"path": "/membership/v1/statistics", "parameters": parameters}
    said = {"titles": word, "captions": word, "alternatives": word, "source": fixture.word}
    return {"edition_id": fixture.id("editions"), "key": key, "kind": "bars", "query": query, **said}


async def _tasks(fixture: "CountryFixture", enter: Enter) -> None:
    """A task of the focal points about the meeting, with a comment, and two calendars, one of which a test may end."""
    word, about = {"en": fixture.word}, {"kind": "meeting", "id": fixture.id("meetings")}
    task = await enter(
        fixture, "actions", "tasks", country=fixture.country, titles=word, text=word, due="2090-01-01", about=about,
        owner={"role": "government_focal_point"},
    )  # fmt: skip
    await enter(fixture, "actions", f"tasks/{task['id']}/comments", text=fixture.word)
    fixture.records["task_comments"] = fixture.records.pop("comments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "services.actions.coordination.calendars.domain.MOST", 1_000
        )  # one caller enters those of all countries
        for plural in ("feeds", "calendars"):
            fixture.records[plural] = await enter(
                fixture, "actions", "calendars", country=fixture.country, programme_id=fixture.id("programmes")
            )
