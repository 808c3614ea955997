"""Reads a manuscript into its blocks."""

import asyncio
import io
import re
import zipfile
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TypeAlias

import orjson

from services.actions.global_report.versions.document import Reading, read
from services.actions.global_report.versions.domain import DOCX, Unreadable
from services.actions.global_report.versions.images import MOST_BYTES, MOST_IMAGES, usable
from services.actions.global_report.versions.nodes import Node, images_in
from services.actions.global_report.versions.pandoc import converted
from shared.kernel.archives import ArchiveBounds, ArchiveFault, archive_fault

Files: TypeAlias = Callable[[Collection[str]], Awaitable[Mapping[str, bytes]]]
"""Finds the files that images name by their addresses; what is not there is left out."""
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
_LINKS = re.compile(r"word/_rels/[^/]+\.rels")
_LINK = re.compile(rb"<[^<>]*/relationships/image[\"'][^<>]*>")
_ABSOLUTE = re.compile(rb"(\bTarget\s*=\s*[\"'])/([^\"']+)")
_FOLDER = "word/"
_DEEPEST_LINE = 120
"""How many signs of lists and quotes a line may begin with."""


async def reading_of(
    content: bytes,
    media_type: str,
    references: Collection[str],
    figures: Collection[str] = (),
    files: Files | None = None,
) -> tuple[list[Node], Reading]:
    """The blocks of a manuscript and its reading. `figures` are the keys that it may name, `files` finds the files of
    evidence that it names as images. Raises Unreadable, whose sentence names the place."""
    if media_type == DOCX:
        _check_archive(content)
        content = await asyncio.to_thread(_with_relative_images, content)
    else:
        _check_lines(content)
    output = await converted(content, _FORMATS.get(media_type, _MARKDOWN), "json")
    try:
        document = orjson.loads(output)
    except orjson.JSONDecodeError:
        raise Unreadable("Parts are too deep in one another.") from None
    named = images_in(document)
    images = await usable(await _files_of(content, media_type, named[:MOST_IMAGES], files))
    images |= dict.fromkeys(named[MOST_IMAGES:], f"a version has at most {MOST_IMAGES}")
    return await asyncio.to_thread(read, document, references, figures, images)


async def _files_of(
    content: bytes, media_type: str, named: Collection[str], files: Files | None
) -> Mapping[str, bytes]:
    """The files of images by their addresses: those in a DOCX, or those that a text names."""
    if media_type == DOCX:
        return await asyncio.to_thread(_packed, content, named)
    return await files(named) if named and files else {}


def _packed(content: bytes, named: Collection[str]) -> dict[str, bytes]:
    """The images of a DOCX, whose archive has passed its bounds, by their addresses."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        known = {entry.filename: entry for entry in archive.infolist() if entry.file_size <= MOST_BYTES}
        return {one: archive.read(known[path]) for one in named if (path := f"word/{one}") in known}


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


def _with_relative_images(content: bytes) -> bytes:
    """The DOCX, whose archive has passed its bounds, with a relative link to each image: pandoc leaves out images
    whose links begin at the root of the archive. An image outside the folder of the text gets a copy there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if _LINKS.fullmatch(name)]
        links = {name: archive.read(name) for name in names}
        changed = {name: _LINK.sub(_relative, link) for name, link in links.items()}
        if changed == links:
            return content
        named = {path for link in links.values() for path in _roots(link) if not path.startswith(_FOLDER)}
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            for name in dict.fromkeys(archive.namelist()):
                copy.writestr(name, changed.get(name) or archive.read(name))
            for path in sorted(named & {*archive.namelist()}):
                copy.writestr(_FOLDER + path, archive.read(path))
    return written.getvalue()


def _relative(link: re.Match[bytes]) -> bytes:
    return _ABSOLUTE.sub(lambda found: found[1] + found[2].removeprefix(_FOLDER.encode()), link[0])


def _roots(links: bytes) -> list[str]:
    """The paths of images that are named from the root."""
    return [found[2].decode(errors="replace") for link in _LINK.findall(links) for found in _ABSOLUTE.finditer(link)]
