"""`/livez`: the process is running. `/readyz`: it accepts requests; 503 as soon as the process begins to stop."""

import asyncio
from typing import Annotated, Any

import asyncpg
from fastapi import Request
from pydantic import Field

from shared.database.migrated import is_migrated
from shared.database.pool import Database
from shared.kernel.errors import Unavailable
from shared.web.contract.contract import Described
from shared.web.contract.route_options import OptionsRouter, RouteOptions

PATIENCE = 1.0
"""Seconds within which the database must respond."""


class Liveness(Described):
    """The process is running."""

    status: Annotated[str, "Always `alive`."] = Field(examples=["alive"])


class ReadinessState(Described):
    """The checked parts: each is `ok` or `degraded`; a part that prevents requests is a 503 problem."""

    status: Annotated[str, "Always `ready`."] = Field(examples=["ready"])
    checks: Annotated[dict[str, str], "The parts that were checked: `ok` or `degraded`."] = Field(
        examples=[{"database": "ok", "migrations": "ok", "queue": "ok"}]
    )


class Readiness:
    """Whether this process can serve requests. While Valkey is down it can: facts then arrive later, and none is
    lost."""

    def __init__(self, database: Database | None = None, notifier: Any = None) -> None:
        self._database = database
        self._notifier = notifier
        self._is_migrated = False
        self.is_draining = False

    def drain(self) -> None:
        """Called when a signal stops the process, before it closes its port, so that no new requests arrive."""
        self.is_draining = True

    async def checks(self) -> dict[str, str]:
        """The checked parts. Raises Unavailable with their names if one prevents requests."""
        if self.is_draining:
            raise Unavailable("This process is stopping.", members={"checks": {"process": "draining"}})
        found: dict[str, str] = {}
        if self._database is not None:
            found |= await self._check_database(self._database)
        if self._notifier is not None:
            found["queue"] = "ok" if await self._is_queue_reachable() else "degraded"
        return found

    async def _check_database(self, database: Database) -> dict[str, str]:
        try:
            async with asyncio.timeout(PATIENCE), database.acquire() as connection:
                if self._is_migrated:
                    await connection.fetchval("SELECT 1")
                else:
                    self._is_migrated = await is_migrated(connection)
        except Exception as failure:
            checks = {"database": "failed"}
            raise Unavailable(_reason(failure), members={"checks": checks}) from failure
        if not self._is_migrated:
            checks = {"database": "ok", "migrations": "behind"}
            raise Unavailable("The database is not migrated to this version.", members={"checks": checks})
        return {"database": "ok", "migrations": "ok"}

    async def _is_queue_reachable(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                return bool(await self._notifier.ping())
        except Exception:
            return False


def _reason(failure: Exception) -> str:
    if isinstance(failure, asyncpg.InvalidAuthorizationSpecificationError):
        return "The database refuses the role of this service, or its password."
    return "The database does not respond."


def health_routes(service: str, prefix: str) -> OptionsRouter:
    """The two routes of a service; `app.state.readiness` implements the second."""
    router = OptionsRouter(prefix=prefix, tags=["health"])

    @router.get(
        "/livez",
        options=RouteOptions(is_public=True),
        operation_id=f"get{service.title()}Liveness",
        summary="Is the process alive?",
        description="For the supervisor: without a response the process should be restarted.",
    )
    async def livez() -> Liveness:
        return Liveness(status="alive")

    @router.get(
        "/readyz",
        options=RouteOptions(is_public=True, problems=("unavailable",)),
        operation_id=f"get{service.title()}Readiness",
        summary="Whether the process accepts requests",
        description="For the load balancer: 503 where the process starts, stops or has no database.",
    )
    async def readyz(request: Request) -> ReadinessState:
        return ReadinessState(status="ready", checks=await request.app.state.readiness.checks())

    return router
