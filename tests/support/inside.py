"""Requests to an application in this process."""

import asyncio
import sys
from typing import Any

import httpx

sys.modules.setdefault("sniffio", None)  # not installed; without an entry, each request of httpx looks for its file


class Inside(httpx.ASGITransport):
    """Handles each request in a separate task, like a server: what a request sets in its context ends with it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await asyncio.create_task(super().handle_async_request(request))


def from_address(client: httpx.AsyncClient, address: str) -> httpx.AsyncClient:
    """A client of the same app, at a network address."""
    transport: Any = client._transport
    return httpx.AsyncClient(transport=Inside(transport.app, client=(address, 1)), base_url=client.base_url)
