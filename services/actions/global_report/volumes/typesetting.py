"""Typesets a volume and its contributions as PDF, by typst in a process whose root is a folder of the build alone."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from services.actions.global_report.volumes import formats
from services.actions.global_report.volumes.assembling import Volume, authors_of
from services.actions.global_report.volumes.document import figures_in
from services.actions.global_report.volumes.domain import BuildWarning, Since, above, name_of
from services.actions.global_report.volumes.reusing import LAYOUTS, Keep, anew, digest_of
from services.actions.global_report.volumes.writing import Written
from shared.kernel.text import text_in
from shared.printing.document import Document, Unprintable, without_symbols
from shared.printing.printer import LayoutFault, Printer

_SECONDS, _PATIENCE = 300, 900.0
_MEMORY = 6 << 30
"""An edition of 120 contributions of 60 kB takes 5 GB."""
MOST_NUMBERED = 4_000_000
"""Characters of print of a proof whose lines are numbered. The numbers take half as much memory again as the text."""
_IMPORT = '#import "parts.typ": *\n'
_RUNNING = 160
"""How many characters of what is wrong stand above each page."""
_ALL_FIGURES = "figures.typ"
Make = Callable[[Mapping[int, str]], Document]
"""A document of the texts of contributions, by their numbers."""


class Typesetter:
    """Prints a volume. What it says otherwise goes into `warnings`. The same volume gives the same bytes. `keep` keeps
    contributions by themselves, which other contributions do not change."""

    def __init__(self, volume: Volume, warnings: list[BuildWarning], keep: Keep = anew) -> None:
        self._volume, self._warnings, self._keep = volume, warnings, keep
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Typesetter":
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "build.typ").write_bytes((LAYOUTS / "build.typ").read_bytes())
        for images in self._volume.images.values():
            for name, content in images.items():
                (folder / name).write_bytes(content)
        made = Printer(folder, _SECONDS, _PATIENCE, memory=_MEMORY, has_formulas=True)
        self._printer = await self._stack.enter_async_context(made)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def whole(self) -> bytes:
        """The volume as PDF/A-3. Raises Unprintable for letters that no font has, and TooLarge."""
        texts = {one.passage.number: one.typst for one in self._volume.written}
        if self._volume.is_proof and not _has_lines(self._volume, texts):
            self._warn("line_numbers_left_out", None)
        return await self._pdf(self._volume.written, lambda texts: document_of(self._volume, texts))

    async def chapter(self, one: Written) -> bytes:
        """A contribution by itself as PDF/UA-1, or, if it cannot be, as PDF/A-3 with a warning. Raises as `whole`
        does."""

        def make(texts: Mapping[int, str]) -> Document:
            return chapter_of(self._volume, one, texts[one.passage.number])

        try:
            return await self._pdf([one], make, self._keep)
        except LayoutFault:
            self._warn("reading_profile_missing", one.passage.number)
            return await self._pdf([one], lambda texts: replace(make(texts), standard="a-3a"), self._keep)

    async def _pdf(self, written: Sequence[Written], make: Make, keep: Keep = anew) -> bytes:
        texts = {one.passage.number: one.typst for one in written}
        try:
            return await self._printed(make, texts, keep)
        except LayoutFault:
            for one in written:
                if "#formula(" in one.typst:
                    plain = await self._volume.writing.printed(one.blocks, plain_formulas=True)
                    texts[one.passage.number] = plain
                    self._warn("formulas_as_text", one.passage.number)
            return await self._printed(make, texts, keep)

    async def _printed(self, make: Make, texts: Mapping[int, str], keep: Keep) -> bytes:
        try:
            return await self._set(make(texts), keep)
        except Unprintable as error:
            if type(error) is not Unprintable:
                raise
        plain = {number: formats.printable(text, symbols=False) for number, text in texts.items()}
        found = await self._set(without_symbols(make(plain)), keep)
        self._warn("symbols_left_out", None)
        return found

    async def _set(self, document: Document, keep: Keep) -> bytes:
        return await keep(digest_of(document), lambda: self._printer.pdf(document))

    def _warn(self, code: str, contribution: int | None) -> None:
        found: BuildWarning = {"code": code, "language": self._volume.language, "contribution": contribution}
        if found not in self._warnings:
            self._warnings.append(found)


def _has_lines(volume: Volume, texts: Mapping[int, str]) -> bool:
    """Whether the lines of a document of these texts are numbered."""
    return volume.is_proof and sum(map(len, texts.values())) <= MOST_NUMBERED


def document_of(volume: Volume, texts: Mapping[int, str]) -> Document:
    """What is printed: data, a file for each contribution, and the images of figures."""
    parts, unmentioned = list(_parts(volume)), volume.unmentioned
    more: dict[str, bytes] = {}
    if unmentioned:
        parts.append({"kind": "place", "level": 1, "title": volume.writing.labels["figures"]})
        parts.append({"kind": "figures", "file": _ALL_FIGURES})
        more[_ALL_FIGURES] = (_IMPORT + "\n".join(f'#chart("{key}")' for key in unmentioned)).encode()
    return _document(volume, texts, parts, [*volume.writing.figures], more)


def chapter_of(volume: Volume, one: Written, text: str) -> Document:
    """What is printed of a contribution by itself, below the places of the outline that lead to it. Figures that it
    mentions and that stand elsewhere in the volume stand at its end. It says the issue and the day of its own text, so
    that errata of others do not change it."""
    since = volume.whole.since.get(one.passage.number, Since(volume.whole.edition.issue, volume.whole.at))
    of = replace(volume.whole.edition, issue=since.issue)
    volume = replace(volume, whole=replace(volume.whole, edition=of, at=since.at))
    number, places = one.passage.number, above(volume.whole.edition, one.passage.outline_key)
    parts: list[dict[str, Any]] = [
        {"kind": "place", "level": level, "title": text_in(volume.language, entry["titles"])}
        for level, entry in enumerate(places, 1)
    ]
    mentioned, placed = figures_in(one.blocks)
    standing = "".join(f'\n#chart("{key}")\n' for key in mentioned if key not in placed)
    made = _document(volume, {number: text + standing}, [*parts, _part(volume, one, len(places))], mentioned, {})
    title = volume.title_of(one.passage)
    data = {**made.data, "title": title, "contents": False, "lines": [volume.title, *volume.lines]}
    return replace(made, data=data, standard="ua-1")


def _document(
    volume: Volume, texts: Mapping[int, str], parts: list[Any], keys: list[str], more: Mapping[str, bytes]
) -> Document:
    writing, at, of = volume.writing, volume.whole.at, volume.whole.edition
    files = {"parts.typ": (LAYOUTS / "parts.typ").read_bytes(), **more}
    files |= {f"c{number}.typ": f"{_IMPORT}{formats.printable(text)}".encode() for number, text in texts.items()}
    figures: dict[str, Any] = {}
    for key in keys:
        drawn = writing.figures[key]
        name = f"figure-{key}.svg" if drawn.printed else None
        if name is not None:
            files[name] = drawn.printed or b""
        caption = f"{writing.caption(key)}. {drawn.title}"
        figures[key] = {"file": name, "alternative": drawn.alternative, "caption": caption}
    data = {
        "language": volume.language,
        "rtl": volume.direction == "rtl",
        "title": volume.title,
        "contents": True,
        "edition": name_of(of),
        "footer": f"{name_of(of)} · {of.doi or of.licence}",
        "lines": volume.lines,
        "mark": writing.labels["proof"] if volume.is_proof else volume.retraction,
        "running": volume.retraction and volume.retraction[:_RUNNING],
        "has_lines": _has_lines(volume, texts),
        "day": [at.year, at.month, at.day],
        "labels": dict(writing.labels),
        "figures": figures,
        "parts": parts,
    }
    return Document("build.typ", data, at, files)


def _parts(volume: Volume) -> Any:
    for place, written in volume.chapters:
        title = text_in(volume.language, place.entry["titles"])
        yield {"kind": "place", "level": place.level, "title": title}
        for one in written:
            yield _part(volume, one, place.level)


def _part(volume: Volume, one: Written, level: int) -> dict[str, Any]:
    of = one.passage
    return {
        "kind": "contribution",
        "level": level + 1,
        "title": volume.title_of(of),
        "authors": authors_of(of),
        "facts": volume.facts_of(of),
        "file": f"c{of.number}.typ",
    }
