"""A process of workers, a relay, or both: its logs, spans and metrics, and its end by a signal."""

import asyncio
from typing import Protocol

from shared.configuration.settings import Settings
from shared.messaging.supervision import stop_on_signals
from shared.observability import logs, metrics
from shared.observability.spans import spans


class Part(Protocol):
    """What works until it is stopped: a worker or a relay."""

    @property
    def is_ready(self) -> bool: ...

    def stop(self) -> None: ...

    async def work(self) -> None: ...


class Process:
    """Parts that work in one process, ready when all of them are. The settings name the port of its metrics."""

    def __init__(self, name: str, settings: Settings, *parts: Part) -> None:
        self._name = name
        self._settings = settings
        self._parts = parts

    def stop(self) -> None:
        """Starts the end of `work`."""
        for part in self._parts:
            part.stop()

    async def run(self) -> None:
        """Runs until SIGTERM or SIGINT, with logs as JSON lines."""
        logs.configure(self._name)
        spans.export(self._name)
        stop_on_signals(self.stop)
        try:
            await self.work()
        finally:
            spans.close()

    async def work(self) -> None:
        """Works until `stop`. Raises the errors of the parts in a group if one of them ends before; the others end
        with it."""
        server, port = None, self._settings.metrics_port
        if port:
            server = await metrics.serve(port, self._is_ready, self._settings.metrics_host)
        try:
            async with asyncio.TaskGroup() as group:
                for part in self._parts:
                    group.create_task(part.work())
        finally:
            if server is not None:
                server.close()

    def _is_ready(self) -> bool:
        return all(part.is_ready for part in self._parts)
