"""The responses to a request for a mail are alike for known and unknown addresses: status, bytes, headers and work."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.access.app import create_app
from services.access.settings import AccessSettings
from shared.kernel.text import email_key
from tests.support.inside import Inside
from tests.support.statements import Recorded

_OF_EACH_REQUEST = {"date", "x-request-id"}
_PERSON = """
INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by, email,
    email_key, email_verified, name, search_key)
SELECT uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system', address, address, true, 'Ana', 'ana'
FROM unnest($1::text[]) address
"""


@pytest.fixture(scope="module")
def database_url(database_named: Callable[[str], str]) -> str:
    """A database of these tests alone: no worker sends their mails."""
    return database_named("timing")


@pytest.fixture(scope="module")
async def app(database_url: str, redis_url: str) -> AsyncIterator[Any]:
    made = create_app(AccessSettings(database_url=database_url, redis_url=redis_url))
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def http(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=Inside(app), base_url="http://access.test") as client:
        yield client


@pytest.fixture
def database(app: Any) -> Iterator[Recorded]:
    """The database of the app, which records."""
    usual = app.state.database
    app.state.database = Recorded(usual)
    yield app.state.database
    app.state.database = usual


@pytest.fixture
async def known(database_url: str) -> str:
    """The address of an account in use."""
    address = _address()
    connection = await asyncpg.connect(database_url)
    await connection.execute(_PERSON, [email_key(address)])
    await connection.close()
    return address


def _address() -> str:
    return f"{uuid4().hex}@example.org"


@pytest.mark.parametrize(
    ("path", "more"), [("registration", {"name": "Ana Example"}), ("password_reset", {}), ("verification", {})]
)
async def test_a_response_discloses_nothing_about_an_address(
    database: Recorded, http: httpx.AsyncClient, known: str, path: str, more: dict[str, str]
) -> None:
    """The same work takes the same time: the statements are those of an address that nobody has."""

    async def ask(address: str) -> tuple[Any, ...]:
        response = await http.post(f"/access/v1/accounts/{path}", json={"email": address, **more})
        headers = {name: value for name, value in response.headers.items() if name not in _OF_EACH_REQUEST}
        return response.status_code, response.content, headers, database.take()

    of_known, of_unknown = await ask(known), await ask(_address())
    assert of_known == of_unknown
    assert of_known[0] == 202
    assert of_known[3]
