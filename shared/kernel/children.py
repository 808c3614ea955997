"""Child processes that do not outlive their work."""

import asyncio
from asyncio.subprocess import Process
from contextlib import suppress


async def reply_of(process: Process, content: bytes, seconds: float) -> bytes:
    """What a child writes after it got its whole input, until it ends. Raises TimeoutError if that takes longer.

    The child has ended afterwards, whatever happens.
    """
    try:
        async with asyncio.timeout(seconds):
            written, _ = await process.communicate(content)
        return written or b""
    finally:
        if process.returncode is None:
            await kill(process)


async def kill(process: Process) -> None:
    """Ends a child at once."""
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
