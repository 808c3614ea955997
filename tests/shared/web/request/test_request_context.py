"""The context of a request ends with it."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from fastapi import Request, Response
from starlette.types import Message, Receive, Scope, Send

from shared.kernel.principal import ANONYMOUS
from shared.kernel.resource import Resource
from shared.web.edge.middleware import Edge
from shared.web.request.request_context import RequestContext, put_request_context

WIDGETS = Resource("test", "widgets", "widget")


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
async def test_a_request_that_ended_leaves_nothing_to_the_garbage_collector():
    seen: list[weakref.ref[Request]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        seen.append(weakref.ref(request))
        put_request_context(request, RequestContext(request, ANONYMOUS, WIDGETS, {}))
        await Response()(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": "/test/v1/widgets", "headers": []}
    await Edge(app)(scope, receive, send)
    assert [request() for request in seen] == [None]
