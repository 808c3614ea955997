"""Files are scanned by a clamd, over TCP or a Unix socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.kernel.errors import Unavailable
from shared.storage.scanner import Finding, ScanFailed, Scanner
from tests.support.clamd import EICAR, clamd


async def _blocks(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


@pytest.mark.parametrize("socket", ["", "clamd.sock"])
async def test_what_a_scan_finds(tmp_path: Path, socket: str) -> None:
    async with clamd(str(tmp_path / socket) if socket else "") as found:
        found.limit = 200
        scanner = Scanner(found.address)
        assert await scanner.scan(_blocks(b"Agreed.", b"", b"Signed.")) is Finding.CLEAN
        assert await scanner.scan(_blocks(EICAR[:30], EICAR[30:])) is Finding.INFECTED
        assert await scanner.scan(_blocks(*[bytes(1 << 16)] * 64)) is Finding.TOO_LARGE
        assert found.sizes == [14, len(EICAR)]


async def test_a_file_that_was_not_read_whole_is_not_clean() -> None:
    async with clamd() as found:
        found.reply = b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"
        assert await Scanner(found.address).scan(_blocks(b"Agreed.")) is Finding.TOO_LARGE


async def test_an_error_is_no_finding() -> None:
    async with clamd() as found:
        found.reply = b"stream: Can't allocate memory ERROR"
        with pytest.raises(ScanFailed):
            await Scanner(found.address).scan(_blocks(b"Agreed."))
        found.is_down = True
        with pytest.raises(Unavailable):
            await Scanner(found.address).scan(_blocks(b"Agreed."))
    for address in (found.address, "unix:/nowhere/clamd.sock"):
        with pytest.raises(Unavailable):
            await Scanner(address).scan(_blocks(b"Agreed."))
