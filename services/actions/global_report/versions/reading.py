"""Reads a manuscript in a child process with bounds: pandoc without files and network, whatever the manuscript says."""

import asyncio
import io
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import orjson

from services.actions.global_report.versions.document import Node, Reading, read
from services.actions.global_report.versions.domain import DOCX, Unreadable
from shared.kernel.archives import ArchiveBounds, ArchiveFault, archive_fault
from shared.kernel.children import reply_of

SECONDS = 30
_MEMORY = 512 << 20
_MOST_OUTPUT = 64 << 20
_ARCHIVE = ArchiveBounds(parts=2_000, unpacked=128 << 20, ratio=200)
_TOO_MUCH = f"A DOCX has at most {_ARCHIVE.parts:,} parts and {_ARCHIVE.unpacked >> 20} MiB unpacked."
_OF_ARCHIVE: Mapping[ArchiveFault, str] = {
    "no_archive": "The file is no DOCX.",
    "parts": _TOO_MUCH,
    "unpacked": _TOO_MUCH,
    "ratio": f"A part of the file unpacks to more than {_ARCHIVE.ratio} times its size.",
}
_FORMATS = {DOCX: "docx"}
_MARKDOWN = "markdown-raw_html-raw_tex-raw_attribute"
_HEAP_EXHAUSTED = 251
_DEEPEST_LINE = 120
"""How many signs of lists and quotes a line may begin with."""


async def reading_of(
    content: bytes, media_type: str, references: Collection[str], figures: Collection[str] = ()
) -> tuple[list[Node], Reading]:
    """The blocks of a manuscript and its reading. `figures` are the keys that it may name. Raises
    Unreadable, whose sentence names the place."""
    if media_type == DOCX:
        _check_archive(content)
    else:
        _check_lines(content)
    output = await _converted(content, _FORMATS.get(media_type, _MARKDOWN))
    try:
        document = orjson.loads(output)
    except orjson.JSONDecodeError:
        raise Unreadable("Parts are too deep in one another.") from None
    return await asyncio.to_thread(read, document, references, figures)


async def _converted(content: bytes, source: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "document.json"
        with target.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", "-c", _LAUNCHER, _program(), source),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
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
        return await asyncio.to_thread(target.read_bytes)


_LAUNCHER = f"""
import os, resource, sys
resource.setrlimit(resource.RLIMIT_DATA, ({_MEMORY + (128 << 20)}, {_MEMORY + (128 << 20)}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, ({_MOST_OUTPUT}, {_MOST_OUTPUT}))
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
os.nice(5)
bounds = ["+RTS", "-M{_MEMORY >> 20}m", "-RTS"]
os.execv(sys.argv[1], [sys.argv[1], "--sandbox", "--from", sys.argv[2], "--to", "json", *bounds])
"""


def _program() -> str:
    import pypandoc

    return str(pypandoc.get_pandoc_path())


def _check_lines(content: bytes) -> None:
    """Refuses what is no UTF-8, and lines whose lists or quotes are in one another deeper than in any text, which take
    long to read."""
    try:
        content.decode()
    except UnicodeDecodeError:
        raise Unreadable("The text is neither DOCX nor UTF-8.") from None
    for number, line in enumerate(content.splitlines(), 1):
        rest = line.lstrip(b" \t-*+>:|0123456789.)(")
        begin = line[: len(line) - len(rest)]
        if sum(begin.count(sign) for sign in (b"- ", b"* ", b"+ ", b">", b". ", b") ")) > _DEEPEST_LINE:
            raise Unreadable(f"Line {number}: lists or quotes are too deep in one another.")


def _check_archive(content: bytes) -> None:
    if fault := archive_fault(io.BytesIO(content), _ARCHIVE):
        raise Unreadable(_OF_ARCHIVE[fault])
