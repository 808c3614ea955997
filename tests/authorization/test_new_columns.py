"""Closed by default: an undeclared column is in no response, and neither is an internal one."""

from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest

from deploy.matrix.operations import operations
from shared.database.tables import metadata
from shared.records.record import Internal, Record, fields_of
from tests.authorization.canaries import lists, plain_lists
from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.authorization.kinds import TABLES, plural_of
from tests.support.callers import Caller
from tests.support.databases import as_superuser
from tests.support.services import Services, open_services
from tests.support.tiers import long

CANARY = "canarycolumn"
_TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'escm'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname LIKE ANY($1)
"""
_FLAGS = {"proposed_secret"}
"""The field that shows whether a client's secret waits for a second person has the name of the digest's column."""


@pytest.fixture(scope="module")
def own_database(database_named: Callable[[str], str]) -> str:
    return database_named("widened")


@pytest.fixture(scope="module")
async def connection(own_database: str) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's connection, after each table of services got an additional column with the canary in every
    row."""
    async with as_superuser(own_database) as opened:
        for (name,) in await opened.fetch(_TABLES, ["member%", "centre%", "action%", "access%"]):
            await opened.execute(f"ALTER TABLE {name} ADD COLUMN {CANARY} text NOT NULL DEFAULT '{CANARY}'")
        yield opened


@pytest.fixture(scope="module")
async def wide_services(
    own_database: str, connection: asyncpg.Connection, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    settings = {"database_url": own_database, "redis_url": redis_url, "storage_path": tmp_path_factory.mktemp("files")}
    async with open_services(**settings) as (found, _):
        yield found


@pytest.fixture(scope="module")
async def country_fixture(wide_services: Services, connection: asyncpg.Connection) -> CountryFixture:
    """A country with one published record of every kind."""
    callers = {name: Caller(client, ADMIN) for name, client in wide_services.items()}
    seeder = Seeder(callers, Caller(wide_services["access"], None), connection)
    return await seeder.seed("XA", "wide", published=True)


@pytest.mark.parametrize(
    "asked",
    [plain_lists, *long("asks every question", lists)],
    ids=["plain lists", "every question"],
)
@pytest.mark.parametrize("who", [ADMIN, None])
async def test_no_list_stream_or_number_shows_a_new_column(
    wide_services: Services,
    country_fixture: CountryFixture,
    who: str | None,
    asked: Callable[[], Iterator[tuple[str, str]]],
) -> None:
    responses = {address: (await Caller(wide_services[service], who).get(address)).text for service, address in asked()}
    assert [address for address, body in responses.items() if CANARY in body] == []
    assert any(country_fixture.id("experts") in body for body in responses.values())


async def test_no_item_history_or_work_list_shows_a_new_column(
    wide_services: Services, country_fixture: CountryFixture
) -> None:
    for service, plural in _KINDS:
        for tail in ("", "/history", "/transitions", "/transitions/pending"):
            address = f"/{service}/v1/{plural_of(plural)}/{country_fixture.id(plural)}{tail}"
            response = await Caller(wide_services[service], ADMIN).get(address)
            assert tail not in ("", "/history") or response.status_code == 200, f"{address}: {response.text}"
            assert CANARY not in response.text, address


async def test_no_item_holds_an_internal_field(wide_services: Services, country_fixture: CountryFixture) -> None:
    records: dict[str, type[Record]] = {
        made.name: made.info["record"] for made in metadata.tables.values() if "record" in made.info
    }
    for service, plural in _KINDS:
        internal = {f.name for f in fields_of(records[TABLES[plural]]).values() if f.audience is Internal}
        address = f"/{service}/v1/{plural_of(plural)}/{country_fixture.id(plural)}"
        item = (await Caller(wide_services[service], ADMIN).get(address)).json()
        assert internal & item.keys() <= _FLAGS, plural


_PREFIXES = {"member": "membership", "centre": "centres", "action": "actions", "access": "access"}
_SINGLE = {each.path.removesuffix("/{record}/history") for each in operations() if each.path.endswith("/history")}
_KINDS = [
    (service, plural)
    for plural, table in TABLES.items()
    if f"/{(service := _PREFIXES[table.split('_')[0]])}/v1/{plural_of(plural)}" in _SINGLE
]
"""Service and plural of every kind with single reads and a history."""
