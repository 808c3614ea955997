"""The scan by a real clamd, with a signature of our own for the EICAR test file."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.storage.scanner import Finding, Scanner
from tests.support.clamd import EICAR

_CONFIGURATION = """
DatabaseDirectory {folder}
LocalSocket {folder}/clamd.sock
Foreground yes
StreamMaxLength 2M
MaxFileSize 1M
MaxScanSize 1M
AlertExceedsMax yes
"""
_BLOCK = b"x" * (1 << 16)


@pytest.fixture
async def scanner(tmp_path: Path) -> AsyncIterator[Scanner]:
    """A client of a clamd that reads 1 MiB of a file, and takes 2 MiB."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert program, "install clamd, of Debian's package clamav-daemon"
    (tmp_path / "test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
    configuration = tmp_path / "clamd.conf"
    configuration.write_text(_CONFIGURATION.format(folder=tmp_path))
    process = await asyncio.create_subprocess_exec(program, "-c", str(configuration))
    while not (tmp_path / "clamd.sock").exists():
        assert process.returncode is None
        await asyncio.sleep(0.1)
    yield Scanner(f"unix:{tmp_path}/clamd.sock")
    process.terminate()
    await process.wait()


async def _blocks(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def test_what_clamd_finds(scanner: Scanner) -> None:
    assert await scanner.scan(_blocks(b"Agreed.")) is Finding.CLEAN
    assert await scanner.scan(_blocks(b"Agreed.", b"", EICAR[:30], EICAR[30:])) is Finding.INFECTED
    assert await scanner.scan(_blocks(*[_BLOCK] * 24)) is Finding.TOO_LARGE
    assert await scanner.scan(_blocks(*[_BLOCK] * 24, EICAR)) is Finding.TOO_LARGE


async def test_clamd_refuses_a_long_stream(scanner: Scanner) -> None:
    for _ in range(10):
        assert await scanner.scan(_blocks(*[_BLOCK] * 256)) is Finding.TOO_LARGE
