"""Clients of a running service, over real connections."""

from typing import Any
from uuid import uuid4

import httpx

EXPERTS = "/membership/v1/experts"


def expert(mark: str, **more: Any) -> dict[str, Any]:
    """A body for POST /experts whose family name is the mark."""
    return {"names": [{"given": "Amina", "family": mark}], "country": "XA", **more}


class Client:
    """Calls one process with one token. Every request has a timeout (seconds), so that a hang is a failure."""

    broken = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)
    """What a client gets when the server responds and closes before it has read everything."""

    def __init__(self, base_url: str, token: str | None = None, timeout: float = 30.0) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
        self.http = httpx.AsyncClient(
            base_url=base_url, headers=headers, timeout=timeout, trust_env=False, limits=limits
        )

    async def create(self, mark: str, key: str | None = None, **more: Any) -> httpx.Response:
        return await self.http.post(EXPERTS, json=expert(mark, **more), headers={"Idempotency-Key": key or uuid4().hex})

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params or None)

    def anonymous(self) -> httpx.AsyncClient:
        """The same address without a token."""
        return httpx.AsyncClient(base_url=self.http.base_url, timeout=self.http.timeout, trust_env=False)

    async def close(self) -> None:
        await self.http.aclose()
