"""Requests to an application in this process."""

import asyncio

import httpx


class Inside(httpx.ASGITransport):
    """Handles each request in a separate task, like a server: what a request sets in its context ends with it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await asyncio.create_task(super().handle_async_request(request))
