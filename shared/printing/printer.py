"""Makes PDF files in a process that keeps its fonts, and replaces it when it hangs or dies."""

import asyncio
import base64
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import orjson

from shared.kernel.children import kill
from shared.kernel.errors import Unavailable
from shared.printing.document import Document, TooLarge, Unprintable, visible

SECONDS = 10
"""Seconds of a processor that a document may take."""
PATIENCE = 60.0
"""Seconds on the clock after which a document of a request is given up, however little the processor worked."""
MEMORY = 256 << 20
"""Twice what a certificate with the longest texts needs."""
WAIT = 20.0
"""Seconds for which a document waits for those before it."""
_LONGEST_REPLY = 64 << 20
_TRIES = 2
_ENDED_BY_OTHERS = (-signal.SIGKILL, -signal.SIGTERM)
"""How a process ended that others killed. With any other end the document was the reason."""
_BUSY = "Documents cannot be printed at the moment."
_ENVIRONMENT = {
    **{name: os.environ[name] for name in ("PATH", "PYTHONPATH", "PYTHONSAFEPATH") if name in os.environ},
    "RAYON_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}
"""Without secrets. One thread needs the same memory on every machine."""


class LayoutFault(RuntimeError):
    """The layout, or a file that it reads, cannot be set."""


class Printer:
    """One process, started by the first document. It makes one document at a time.

    `layouts` is the folder outside which a document reads nothing. `memory` is in bytes; `has_formulas`: it has the
    fonts of formulas.
    """

    def __init__(
        self,
        layouts: Path,
        seconds: int = SECONDS,
        patience: float = PATIENCE,
        *,
        memory: int = MEMORY,
        has_formulas: bool = False,
    ) -> None:
        self._layouts = layouts
        self._seconds = seconds
        self._patience = patience
        self._options = (str(memory), *(("formulas",) if has_formulas else ()))
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Printer":
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._end()

    @property
    def process_id(self) -> int | None:
        """The id of the process, if it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def pdf(self, document: Document) -> bytes:
        """The document as PDF/A-3, or by its own profile. The same document gives the same bytes.

        Raises LayoutFault; Unprintable; TooLarge if twice the document took too much time of the processor or too much
        memory; Unavailable if it waits too long for others, or takes too long because the machine has other work.
        """
        line = self._order(document)
        try:
            async with asyncio.timeout(WAIT):
                await self._lock.acquire()
        except TimeoutError:
            raise Unavailable(_BUSY, retry_after=10) from None
        try:
            reply = await self._reply(line)
        finally:
            self._lock.release()
        if "unprintable" in reply:
            raise Unprintable
        if "error" in reply:
            raise LayoutFault(f"The layout {document.layout} failed: {reply['error']}")
        return base64.b64decode(reply["pdf"])

    def _order(self, document: Document) -> bytes:
        files = {name: base64.b64encode(content).decode() for name, content in document.files.items()}
        order = {"layouts": str(self._layouts), "layout": document.layout, "timestamp": int(document.at.timestamp())}
        order |= {"seconds": self._seconds, "data": visible(document.data), "files": files}
        order["standard"] = document.standard
        return orjson.dumps(order) + b"\n"

    async def _reply(self, line: bytes) -> dict[str, Any]:
        """The reply of a process, or of another one if it dies."""
        ends = []
        try:
            async with asyncio.timeout(self._patience):
                for _ in range(_TRIES):
                    process = await self._running()
                    received = await _exchange(process, line)
                    if received.endswith(b"\n"):
                        reply: dict[str, Any] = orjson.loads(received)
                        return reply
                    ends.append(await process.wait())
        except BaseException as error:
            await self._end()
            if isinstance(error, TimeoutError):
                raise Unavailable("The document takes too long to print.", retry_after=60) from None
            raise
        if any(end in _ENDED_BY_OTHERS for end in ends):
            raise Unavailable(_BUSY, retry_after=60)
        raise TooLarge

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "shared.printing.process", *self._options),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_LONGEST_REPLY,
                env=_ENVIRONMENT,
            )
        return self._process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await kill(process)


async def _exchange(process: asyncio.subprocess.Process, line: bytes) -> bytes:
    """The process's line in reply; incomplete if it died."""
    orders, replies = cast(asyncio.StreamWriter, process.stdin), cast(asyncio.StreamReader, process.stdout)
    with suppress(ConnectionError):
        orders.write(line)
        await orders.drain()
    return await replies.readline()
