"""Calls pandoc in a child process with bounds: without files and network, whatever the text says."""

import asyncio
import sys
import tempfile
from functools import cache
from pathlib import Path

from services.actions.global_report.versions.domain import Unreadable
from shared.kernel.children import reply_of

SECONDS = 30
_MEMORY = 512 << 20
_MOST_OUTPUT = 64 << 20
_HEAP_EXHAUSTED = 251


async def converted(content: bytes, source: str, target: str, *options: str, template: bytes | None = None) -> bytes:
    """A text in another format of pandoc. `template` is what the output is put into. Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        if template is not None:
            (Path(folder) / "template").write_bytes(template)
            options = (*options, "--template=template")
        with output.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-c", _LAUNCHER, program(), "--from", source, "--to", target, *options),
                stdin=asyncio.subprocess.PIPE,
                stdout=written,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=folder,
                env={"HOME": folder, "LANG": "C.UTF-8"},
            )
            try:
                await reply_of(process, content, SECONDS)
            except TimeoutError:
                raise Unreadable(f"The manuscript takes more than {SECONDS} seconds to read.") from None
        if process.returncode == _HEAP_EXHAUSTED:
            raise Unreadable("The manuscript takes too much memory to read.")
        if process.returncode:
            raise Unreadable("The manuscript cannot be read.")
        return await asyncio.to_thread(output.read_bytes)


_LAUNCHER = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({_MEMORY + (128 << 20)}, {_MEMORY + (128 << 20)}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, ({_MOST_OUTPUT}, {_MOST_OUTPUT}))
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
os.nice(5)
bounds = ["+RTS", "-M{_MEMORY >> 20}m", "-RTS"]
os.execv(sys.argv[1], [sys.argv[1], "--sandbox", *sys.argv[2:], *bounds])
"""


@cache
def program() -> str:
    """The path of pandoc. Raises OSError where it is not installed."""
    try:
        import pypandoc
    except ImportError:
        raise FileNotFoundError("pandoc is not installed: install escm[publishing]") from None
    return str(pypandoc.get_pandoc_path())
