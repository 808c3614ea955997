"""`include=total_estimate`: the number of records on all pages of a list, for this caller."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from shared.records.listing import COUNTED
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated, entered

At = Callable[[str | None], Caller]
_MANY = COUNTED + 500
_ENTER = """
INSERT INTO member_expert (id, version, status, country, visibility, created_at, created_by, updated_at, updated_by,
    names, display_name, sort_name, search_key, emails, email_keys, languages, fields, planetary_boundaries, ecosystems,
    keywords, biography, category)
SELECT uuidv7(), 1, 'active', 'NU', 'public', now(), 'system', now(), 'system', '[{"full": "Multitude"}]', 'Multitude',
    'multitude', ' multitude ', '[]', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'expert'
FROM generate_series(1, $1)
"""


async def _total(caller: Caller, query: str) -> int:
    response = await caller.get(f"{EXPERTS}?{query}&include=total_estimate&limit=1")
    assert response.status_code == 200, response.text
    return int(response.json()["total_estimate"])


@pytest.fixture
async def many(database_url: str) -> AsyncIterator[None]:
    """More experts of Niue than are counted, with statistics for the planner."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await connection.execute(_ENTER, _MANY)
    await connection.execute("ANALYZE member_expert")
    yield
    await connection.execute("DELETE FROM member_expert WHERE country = 'NU'")
    await connection.execute("ANALYZE member_expert")
    await connection.close()


async def test_a_list_shows_its_total_on_every_page_to_whoever_asks(admin: Caller) -> None:
    for n in range(3):
        await entered(admin, country="GL", names=[{"full": f"Totalled {n}"}])
    assert "total_estimate" not in (await admin.get(f"{EXPERTS}?country=GL")).json()
    address, totals = f"{EXPERTS}?country=GL&limit=2&include=affiliations,total_estimate", []
    while address:
        page = (await admin.get(address)).json()
        totals.append(page["total_estimate"])
        assert all("affiliations" in item for item in page["items"])
        address = page["next"]
    assert totals == [3, 3]
    assert await _total(admin, "q=totalled&country=GL") == 3
    assert await _total(admin, "q=totalled+1") == 1
    assert await _total(admin, "q=totalled&status=active") == 0
    assert await _total(admin, "q=nobodyhasthisname") == 0


async def test_a_total_counts_what_the_caller_sees(admin: Caller, caller: At) -> None:
    for visibility in ("public", "network", "restricted"):
        await activated(admin, country="FO", visibility=visibility, names=[{"full": f"Seen {visibility}"}])
    for name, seen in (("admin", 3), ("author_xa", 2), (None, 1)):
        assert await _total(caller(name), "country=FO") == seen
        assert await _total(caller(name), "country=FO&q=seen") == seen


async def test_a_long_list_is_estimated(admin: Caller, caller: At, many: None) -> None:
    for name in ("admin", "author_xa", None):
        assert COUNTED < await _total(caller(name), "country=NU") < 2 * _MANY
        assert await _total(caller(name), "country=NU&q=multitude") > COUNTED
    assert await _total(admin, "country=NU&q=multitude&status=lapsed") == 0


async def test_only_pages_have_a_total(admin: Caller) -> None:
    for query in ("include=total_estimate&format=csv", "include=total"):
        response = await admin.get(f"{EXPERTS}?{query}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")
        assert response.json()["errors"][0]["parameter"] == "include"
