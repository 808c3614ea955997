"""The text of a contribution is read in the console with its images, by who reads it over the API and nobody else."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from services.actions.global_report.versions.images import image_of
from services.portal.console.records.manuscript import number_shown_first
from shared.kernel.clock import now
from tests.actions.neighbours import change, enter
from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi
from tests.support.console_forms import submit
from tests.support.databases import as_superuser
from tests.support.images import png

_IMAGE = image_of(png())


@pytest.fixture(scope="session")
async def superuser(console_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    async with as_superuser(console_database_url) as connection:
        yield connection


@pytest.fixture(scope="session")
async def text(superuser: asyncpg.Connection) -> UUID:
    """A contribution in review with a version of two blocks, the second with an image."""
    titles = json.dumps({"en": "Peat"})
    outline = json.dumps([{"key": "peat", "titles": {"en": "Peat"}, "kind": "chapter", "order": 1}])
    of = await enter(superuser, "action_edition", status="writing", titles=titles, outline=outline, country=None)
    known = {"edition_id": of, "outline_key": "peat", "status": "in_review", "titles": titles, "country": None}
    made = await enter(
        superuser, "action_contribution", **known, visibility="restricted", language="en", ref="CTB-000777"
    )
    blocks = [{"number": 1, "kind": "paragraph", "text": "Peat stores <carbon>, see {figure:experts}, {figure:no}."}]
    blocks.append({"number": 2, "kind": "paragraph", "text": ""})
    images = [{"block": 2, "name": _IMAGE.name, "alternative": "A bog"}]
    await superuser.execute(
        "INSERT INTO action_version (id, contribution_id, number, language, sha256, words, blocks, content, cited,"
        " warnings, images, created_at, created_by)"
        " VALUES (uuidv7(), $1, 1, 'en', $2, 3, $3, '[]', '[]', '[]', $4, now(), 'system')",
        made,
        "0" * 64,
        json.dumps(blocks),
        json.dumps(images),
    )
    await superuser.execute(
        "INSERT INTO action_version_image (contribution_id, name, media_type, content) VALUES ($1, $2, $3, $4)",
        made,
        _IMAGE.name,
        _IMAGE.media_type,
        _IMAGE.content,
    )
    return made


@pytest.fixture(scope="session")
async def figure(superuser: asyncpg.Connection, text: UUID) -> UUID:
    """The frozen figure of its edition that the first block mentions."""
    of = await superuser.fetchval("SELECT edition_id FROM action_contribution WHERE id = $1", text)
    shown = {
        "titles": {"en": "<Experts>"},
        "alternatives": {"en": "How many"},
        "query": {"path": "/", "parameters": {}},
    }
    known = {"edition_id": of, "country": None, "visibility": "restricted", "status": "frozen", "key": "experts"}
    stored = {name: json.dumps(value) for name, value in shown.items()}
    made = await enter(superuser, "action_figure", **known, **stored, kind="bars", x="region", y="count")
    data = json.dumps({"items": [{"region": "Asia", "count": 7}]})
    await superuser.execute("INSERT INTO action_figure_data (figure_id, content) VALUES ($1, $2)", made, data)
    return made


async def _signed_in(console: ConsoleSystem, *grants: tuple[str, str, str | None]) -> Browser:
    found = await console.person(*grants)
    await found.open("/console/")
    return found


async def test_who_reads_a_text_sees_its_blocks_and_images(console: ConsoleSystem, text: UUID, figure: UUID) -> None:
    reader = await _signed_in(console, ("auditor", "global", None))
    file = await reader.get(f"/console/actions/contributions/{text}")
    assert f'href="/console/contributions/{text}"' in file.text
    for address in (f"/console/contributions/{text}", f"/console/contributions/{text}/versions/1"):
        page = await reader.get(address)
        named = '<a href="#figure-experts"><bdi>&lt;Experts&gt;</bdi></a>'
        assert f"Peat stores &lt;carbon&gt;, see {named}, {{figure:no}}." in page.text
        assert f'<img src="/console/figures/{figure}/image" alt="How many">' in page.text
        assert 'id="b2"' in page.text
        shown = f"/console/contributions/{text}/versions/1/images/{_IMAGE.name}"
        assert f'<img src="{shown}" alt="A bog">' in page.text
    image = await reader.get(shown)
    assert (image.status_code, image.headers["content-type"], image.content) == (200, "image/png", _IMAGE.content)
    assert image.headers["cache-control"] == "no-store"
    for width in ("", "?width=320"):
        drawn = await reader.get(f"/console/figures/{figure}/image{width}")
        assert (drawn.status_code, drawn.headers["content-type"], "Asia" in drawn.text) == (200, "image/svg+xml", True)
    assert 'width="320"' in drawn.text
    for tail in ("versions/2", "versions/1/images/other.png", "versions/x"):
        assert (await reader.get(f"/console/contributions/{text}/{tail}")).status_code == 404


async def test_nobody_else_sees_a_text(console: ConsoleSystem, text: UUID, figure: UUID) -> None:
    other = await _signed_in(console, ("national_author", "country", "XB"))
    of_text = [f"contributions/{text}{tail}" for tail in ("", "/versions/1", f"/versions/1/images/{_IMAGE.name}")]
    for address in (*of_text, f"figures/{figure}/image"):
        assert (await other.get(f"/console/{address}")).status_code == 404


async def test_an_official_comments_on_a_text_in_its_round(
    console: ConsoleSystem, superuser: asyncpg.Connection, text: UUID
) -> None:
    of = await superuser.fetchval("SELECT edition_id FROM action_contribution WHERE id = $1", text)
    days = {"opens": now() - timedelta(days=1), "closes": now() + timedelta(days=1)}
    known = {"edition_id": of, "number": 3, "status": "open", "audience": "governments", "contributions": [text]}
    await enter(superuser, "action_review_round", **known, **days, visibility="restricted", country=None)
    official = await _signed_in(console, ("government_focal_point", "country", "XA"))
    file = f"/console/actions/contributions/{text}"
    assert f'href="{file}/comments/new"' in (await official.get(file)).text
    given = {"round": "3", "from": "1", "text": "How much?", "kind": "fact"}
    added = await submit(official, await official.get(f"{file}/comments/new"), **given)
    assert (added.status_code, "How much?" in added.text) == (200, True), added.text
    auditor = await _signed_in(console, ("auditor", "global", None))
    assert f'href="{file}/comments/new"' not in (await auditor.get(file)).text
    manuscript = f"/console/contributions/{text}"
    begun = f"{file}/comments/new?round=3&amp;from=2&amp;_to={manuscript}"
    page = (await official.get(manuscript)).text
    assert f'href="{begun}"' in page
    assert "<bdi>How much?</bdi>" in page
    again = await submit(official, await official.get(begun.replace("&amp;", "&")), text="Which <bog>?")
    assert "<bdi>Which &lt;bog&gt;?</bdi>" in again.text
    read = (await auditor.get(manuscript)).text
    assert "Which &lt;bog&gt;?" in read
    assert "/comments/new" not in read


async def test_a_reviewer_finishes_below_the_text(
    console: ConsoleSystem, superuser: asyncpg.Connection, text: UUID
) -> None:
    of = await superuser.fetchval("SELECT edition_id FROM action_contribution WHERE id = $1", text)
    days = {"opens": now() - timedelta(days=1), "closes": now() + timedelta(days=1)}
    known = {"edition_id": of, "number": 4, "status": "open", "audience": "experts", "contributions": [text]}
    in_round = await enter(superuser, "action_review_round", **known, **days, visibility="restricted", country=None)
    expert = await enter(superuser, "member_expert", status="active", category="expert")
    me = await _signed_in(console, ("expert", "self", str(expert)))
    account = UUID((await ConsoleApi(console, me).get("/access/v1/accounts/me"))["id"])
    await change(superuser, "member_expert", expert, account_id=account)
    names = {"titles": json.dumps({"en": "Peat"}), "round_number": 4, "conflict_of_interest": False}
    invited = {"edition_id": of, "contribution_id": text, "round_id": in_round, "expert_id": expert, **names}
    await enter(superuser, "action_reviewer", **invited, status="accepted", visibility="restricted", country=None)
    address = f"/console/contributions/{text}"
    assert f'href="{address}"' in (await me.get("/console/")).text
    page = await me.get(address)
    (finish,) = re.findall(r'href="(/console/actions/reviewers/[0-9a-f-]+/do/complete)"', page.text)
    done = await submit(me, await me.get(finish))
    assert "<strong>Review finished</strong>" in done.text
    assert f'href="{address}"' not in (await me.get("/console/")).text
    again = (await me.get(address)).text
    assert "/do/complete" not in again
    assert "/comments/new?round=4" in again


_ENGLISH, _FRENCH, _REVISED = ((1, "en", None), (2, "fr", 1), (3, "en", None))
_AGAIN = (4, "fr", 3)


@pytest.mark.parametrize(
    ("written", "language", "number"),
    [
        ((), "en", None),
        ((_ENGLISH,), "fr", "1"),
        ((_ENGLISH, _FRENCH), "en", "1"),
        ((_ENGLISH, _FRENCH), "fr", "2"),
        ((_ENGLISH, _FRENCH, _REVISED), "fr", "3"),
        ((_ENGLISH, _FRENCH, _REVISED, _AGAIN), "en", "3"),
        ((_ENGLISH, _FRENCH, _REVISED, _AGAIN), "fr", "4"),
        ((_ENGLISH, _FRENCH, _REVISED, _AGAIN), "ar", "3"),
        ((_FRENCH,), "en", "2"),
    ],
)
def test_a_reader_sees_first_the_present_text_in_their_language(
    written: tuple[tuple[int, str, int | None], ...], language: str, number: str | None
) -> None:
    versions = [{"number": one, "language": of, "of": source} for one, of, source in reversed(written)]
    assert number_shown_first(versions, "en", language) == number
