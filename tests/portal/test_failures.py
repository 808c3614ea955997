"""A failure is a page for browsers, and the problem document for other clients."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from shared.web.contract.catalogue import PROBLEMS
from tests.portal.conftest import HTML, Site
from tests.portal.test_pages import Balance
from tests.support.services import open_portal


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine without a listener."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@asynccontextmanager
async def _responding(response: bytes) -> AsyncIterator[int]:
    """The port of a server that responds to each request with these bytes; without any it keeps the caller waiting."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response)
        if not response:
            await done.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        done.set()


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/en/experts/EXP-999999", "en", "is no longer published"),
        ("/fr/countries/ZZ", "fr", "n’est plus publié"),
        ("/ar/nothing", "ar", "غير موجود"),
        ("/nothing", "es", "ya no está publicado"),
        ("/guides/nothing", "es", "ya no está publicado"),
    ],
)
async def test_what_is_not_there_is_a_page_in_the_readers_language(
    site: Site, path: str, language: str, words: str
) -> None:
    response = await site.page(path, **{"Accept-Language": "es"})
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-language"] == language
    assert {"Accept", "Accept-Language"} <= {part.strip() for part in response.headers["vary"].split(",")}
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert words in response.text
    page = Balance(response.text)
    assert page.tags.count("h1") == 1
    assert f"/{language}/experts" in page.links
    assert response.headers["x-request-id"] in response.text


@pytest.mark.parametrize("path", ["/en/experts/EXP-999999", "/en/experts?country=ZZ", "/nothing"])
@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json"])
async def test_programs_get_the_problem_document(site: Site, path: str, accept: str) -> None:
    response = await site.client.get(path, headers={"accept": accept})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code


@pytest.mark.parametrize("service", ["membership", "centres", "actions", "access"])
async def test_the_api_returns_problems_to_browsers_too(site: Site, service: str) -> None:
    response = await site.services[service].get(f"/{service}/v1/nothing", headers=HTML)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("query", ["country=ZZ", "cursor=abc", "q=%00", "q=%21%21%21"])
async def test_a_filter_that_is_none_is_a_readable_400(site: Site, query: str) -> None:
    response = await site.page(f"/en/experts?{query}")
    assert (response.status_code, "Choose again" in response.text) == (400, True)


async def test_a_method_that_is_none_names_those_that_are(site: Site) -> None:
    response = await site.client.post("/en/experts", headers=HTML)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    assert PROBLEMS["method_not_allowed"].titles["en"] in response.text


@pytest.mark.parametrize("path", ["/en/countries", "/en/countries/XA", "/en/experts/EXP-000001", "/en/centres"])
async def test_a_service_that_is_down_is_a_readable_503(closed_port: int, path: str) -> None:
    async with open_portal(None, api=f"http://127.0.0.1:{closed_port}") as client:
        response = await client.get(path, headers=HTML)
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        assert "does not respond at the moment" in response.text
        assert response.headers["cache-control"] == "no-store"
        assert (await client.get("/en/", headers=HTML)).status_code == 200, "what needs no service stays"


@pytest.mark.parametrize(
    ("response", "status"),
    [
        (b"", 503),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 503),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 503),
        (b"not HTTP\r\n\r\n", 503),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON.", 503),
        (b"HTTP/1.1 429 Wait\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 429),
    ],
)
async def test_a_service_that_fails_or_hangs_fails_the_page_readably(response: bytes, status: int) -> None:
    async with (
        _responding(response) as port,
        open_portal(None, api=f"http://127.0.0.1:{port}", api_seconds=60 if response else 0.5) as client,
    ):
        page = await client.get("/en/countries/XA", headers=HTML)
        assert (page.status_code, page.headers["retry-after"]) == (status, "7" if status == 429 else "2")
        assert "<h1>" in page.text


class _Hanging(httpx.AsyncBaseTransport):
    """Calls that never end, and the number of parallel ones."""

    def __init__(self) -> None:
        self.under_way = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            self.under_way -= 1


async def test_many_readers_of_a_hanging_service_share_a_bounded_number_of_calls() -> None:
    hanging = _Hanging()
    async with open_portal(hanging, api_seconds=0.5) as client:
        responses = await asyncio.gather(*(client.get(f"/en/countries?q={n}", headers=HTML) for n in range(100)))
    assert {response.status_code for response in responses} == {503}
    assert (hanging.most, hanging.under_way) == (32, 0)
