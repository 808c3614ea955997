"""The pages of the portal show what anonymous callers may read: rows that are not public leave no trace."""

import re
from collections.abc import AsyncIterator
from itertools import product
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg
import pytest

from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture, Seeder
from tests.authorization.test_network import _TABLES
from tests.support.callers import Caller

_WORD = "pageword"
_SHOWN = ("experts", "institutions", "centres")
_QUERIES = ({}, {"q": _WORD}, {"country": "XC"}, {"q": _WORD, "country": "XC"})
_COUNTRIES = ("/en/countries", "/en/countries?stage=0", "/en/countries?q=gammaland", "/en/countries/XC")
_SEARCHES = (f"/en/search?q={_WORD}",)
ADDRESSES = (*_COUNTRIES, *_SEARCHES, *(f"/en/{part}?{urlencode(query)}" for part, query in product(_SHOWN, _QUERIES)))
_OWN = re.compile(rb"[A-Z]{3}-\d{6}|[0-9a-f]{8}-[0-9a-f-]{27}")
"""Texts that a page repeats from the address or the request: a ref, an id."""
Pages = dict[str, bytes]


async def _pages(services: Services, name: str | None = None) -> Pages:
    caller = Caller(services["portal"], name)
    found = {}
    for address in ADDRESSES:
        response = await caller.get(address, headers={"Accept": "text/html"})
        assert response.status_code == 200, address
        found[address] = response.content
    return found


@pytest.fixture(scope="module")
async def settled(
    services: Services, seeder: Seeder, superuser: asyncpg.Connection
) -> AsyncIterator[tuple[Pages, CountryFixture]]:
    """The pages without the rows, and the rows: of every kind, in XC, in the published states."""
    before = await _pages(services)
    country_fixture = await seeder.seed("XC", _WORD, published=True)
    yield before, country_fixture
    await _show(superuser, country_fixture, "restricted")
    await superuser.execute(
        "UPDATE centre_committee SET status = 'dissolved' WHERE id = $1", country_fixture.id("committees")
    )


async def _show(superuser: asyncpg.Connection, country_fixture: CountryFixture, visibility: str) -> None:
    for plural, table in _TABLES.items():
        await superuser.execute(
            f"UPDATE {table} SET visibility = $2 WHERE id = $1", country_fixture.id(plural), visibility
        )
    await superuser.execute(
        "UPDATE member_initiative SET visibility = $2 WHERE id = $1", country_fixture.id("initiatives"), visibility
    )


@pytest.mark.parametrize("visibility", ["network", "restricted"])
@pytest.mark.parametrize("who", [None, "admin", "author_xb", "government_xa"])
async def test_rows_that_are_not_public_leave_no_trace(
    services: Services,
    superuser: asyncpg.Connection,
    settled: tuple[Pages, CountryFixture],
    visibility: str,
    who: str | None,
) -> None:
    """The same for every caller: pages do not use a token."""
    before, country_fixture = settled
    await _show(superuser, country_fixture, visibility)
    after = await _pages(services, who)
    assert [address for address in ADDRESSES if after[address] != before[address]] == []


@pytest.mark.parametrize("visibility", ["network", "restricted"])
async def test_the_page_of_such_a_row_is_that_of_nothing(
    services: Services, superuser: asyncpg.Connection, settled: tuple[Pages, CountryFixture], visibility: str
) -> None:
    _, country_fixture = settled
    await _show(superuser, country_fixture, visibility)
    caller = Caller(services["portal"], "admin")
    for plural in _SHOWN:
        for key in (country_fixture.id(plural), country_fixture.records[plural]["ref"]):
            responses = [
                await caller.get(f"/en/{plural}/{each}", headers={"Accept": "text/html"}) for each in (key, uuid4())
            ]
            assert {response.status_code for response in responses} == {404}
            shown, nothing = (_OWN.sub(b"", response.content) for response in responses)
            assert shown == nothing


async def test_the_same_rows_are_there_once_they_are_public(
    services: Services, superuser: asyncpg.Connection, settled: tuple[Pages, CountryFixture]
) -> None:
    _, country_fixture = settled
    await _show(superuser, country_fixture, "public")
    after = await _pages(services)
    for plural in _SHOWN:
        address, ref = f"/en/{plural}", country_fixture.records[plural]["ref"]
        assert all(f"{address}/{ref}".encode() in after[f"{address}?{urlencode(query)}"] for query in _QUERIES)
        response = await services["portal"].get(f"{address}/{ref}")
        assert (response.status_code, _WORD in response.text) == (200, True)
    country = after["/en/countries/XC"].decode()
    assert f"/en/centres/{country_fixture.records['centres']['ref']}" in country
    assert country_fixture.records["programmes"]["ref"] in country
    assert country_fixture.records["committees"]["names"]["en"] in country


async def test_a_public_record_names_no_other_that_is_not(
    services: Services, superuser: asyncpg.Connection, settled: tuple[Pages, CountryFixture]
) -> None:
    """A centre's host and director, an expert's institution, a programme's centre."""
    _, country_fixture = settled
    await _show(superuser, country_fixture, "public")
    hidden = {"centres": ("institutions", "experts"), "experts": ("institutions",)}
    for plural, others in hidden.items():
        page = f"/en/{plural}/{country_fixture.records[plural]['ref']}"
        for other in others:
            name = f"/en/{other}/{country_fixture.records[other]['ref']}"
            assert name in (await services["portal"].get(page)).text
            set_to = f"UPDATE {_TABLES[other]} SET visibility = $2 WHERE id = $1"
            await superuser.execute(set_to, country_fixture.id(other), "network")
            shown = (await services["portal"].get(page)).text
            assert name not in shown
            assert country_fixture.id(other) not in shown
            await superuser.execute(set_to, country_fixture.id(other), "public")
