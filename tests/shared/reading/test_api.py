"""The client of the public API opens the address of the settings alone, and reads within bounds."""

from collections.abc import Callable

import httpx
import pytest
from starlette.requests import Request

from shared.configuration.settings import Settings
from shared.kernel.errors import Unavailable
from shared.reading.api import PublicApi, Reply


def _request() -> Request:
    state = {"request_id": "r", "traceparent": "t"}
    return Request({"type": "http", "client": ("192.0.2.1", 1), "headers": [], "state": state})


class _Service(httpx.AsyncBaseTransport):
    """A service that answers each request in the same way."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)


async def _read(service: _Service, **more: int) -> Reply:
    settings = Settings(api="http://{service}.inside:8000", secret_key="x" * 40)
    api = PublicApi(settings, service)
    try:
        return await api.get("/membership/v1/statistics", {"by": "region"}, _request(), **more)
    finally:
        await api.close()


async def test_a_read_is_anonymous_and_names_the_reader() -> None:
    service = _Service(lambda _: httpx.Response(200, json={"items": []}))
    reply = await _read(service)
    (asked,) = service.asked
    assert str(asked.url) == "http://membership.inside:8000/membership/v1/statistics?by=region"
    assert asked.headers["x-forwarded-for"] == "192.0.2.1"
    assert not {"authorization", "cookie"} & set(asked.headers)
    assert (reply.status_code, reply.is_json) == (200, True)


async def test_a_redirect_is_not_followed() -> None:
    service = _Service(lambda _: httpx.Response(302, headers={"location": "http://elsewhere.example/"}))
    assert (await _read(service)).status_code == 302
    assert len(service.asked) == 1


async def test_a_response_that_is_too_long_is_not_read() -> None:
    service = _Service(lambda _: httpx.Response(200, content=b"x" * 2_000))
    with pytest.raises(Unavailable):
        await _read(service, most_bytes=1_000)
