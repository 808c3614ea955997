"""Typesets a volume as PDF, by typst in a process whose root is a folder of the build alone."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.actions.global_report.volumes import formats
from services.actions.global_report.volumes.assembling import Volume, authors_of
from services.actions.global_report.volumes.domain import BuildWarning, name_of
from shared.kernel.text import text_in
from shared.printing.document import Document, Unprintable, without_symbols
from shared.printing.printer import LayoutFault, Printer

_LAYOUTS = Path(__file__).parent / "layouts"
_SECONDS, _PATIENCE = 300, 900.0
_MEMORY = 6 << 30
"""An edition of 120 contributions of 60 kB takes 5 GB."""
MOST_NUMBERED = 4_000_000
"""Characters of print of a proof whose lines are numbered. The numbers take half as much memory again as the text."""
_IMPORT = '#import "parts.typ": *\n'
_ALL_FIGURES = "figures.typ"


async def pdf_of(volume: Volume, warnings: list[BuildWarning]) -> bytes:
    """The volume as PDF/A-3; the same volume gives the same bytes. What it says otherwise goes into `warnings`.

    Raises Unprintable for letters that no font has, and TooLarge.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "build.typ").write_bytes((_LAYOUTS / "build.typ").read_bytes())
        async with Printer(Path(folder), _SECONDS, _PATIENCE, memory=_MEMORY, has_formulas=True) as printer:
            texts = {one.passage.number: one.typst for one in volume.written}
            if volume.is_proof and not _has_lines(volume):
                warnings.append(_warning("line_numbers_left_out", volume, None))
            try:
                return await _printed(printer, volume, texts, warnings)
            except LayoutFault:
                for one in volume.written:
                    if "#formula(" in one.typst:
                        texts[one.passage.number] = await volume.writing.printed(one.blocks, plain_formulas=True)
                        warnings.append(_warning("formulas_as_text", volume, one.passage.number))
                return await _printed(printer, volume, texts, warnings)


async def _printed(printer: Printer, volume: Volume, texts: Mapping[int, str], warnings: list[BuildWarning]) -> bytes:
    document = document_of(volume, texts)
    try:
        return await printer.pdf(document)
    except Unprintable as error:
        if type(error) is not Unprintable:
            raise
    plain = {number: formats.printable(text, symbols=False) for number, text in texts.items()}
    found = await printer.pdf(without_symbols(document_of(volume, plain)))
    warnings.append(_warning("symbols_left_out", volume, None))
    return found


def _warning(code: str, volume: Volume, contribution: int | None) -> BuildWarning:
    return {"code": code, "language": volume.language, "contribution": contribution}


def _has_lines(volume: Volume) -> bool:
    """Whether the lines are numbered."""
    return volume.is_proof and sum(len(one.typst) for one in volume.written) <= MOST_NUMBERED


def document_of(volume: Volume, texts: Mapping[int, str]) -> Document:
    """What is printed: data, a file for each contribution, and the images of figures."""
    writing, at, of = volume.writing, volume.whole.at, volume.whole.edition
    files = {"parts.typ": (_LAYOUTS / "parts.typ").read_bytes()}
    files |= {f"c{number}.typ": f"{_IMPORT}{formats.printable(text)}".encode() for number, text in texts.items()}
    figures: dict[str, Any] = {}
    unmentioned = volume.unmentioned
    for key, drawn in writing.figures.items():
        name = f"figure-{key}.svg" if drawn.printed else None
        if name is not None:
            files[name] = drawn.printed or b""
        caption = f"{writing.caption(key)}. {drawn.title}"
        figures[key] = {"file": name, "alternative": drawn.alternative, "caption": caption}
    parts = list(_parts(volume))
    if unmentioned:
        parts.append({"kind": "place", "level": 1, "title": writing.labels["figures"]})
        parts.append({"kind": "figures", "file": _ALL_FIGURES})
        files[_ALL_FIGURES] = (_IMPORT + "\n".join(f'#chart("{key}")' for key in unmentioned)).encode()
    data = {
        "language": volume.language,
        "rtl": volume.direction == "rtl",
        "title": volume.title,
        "edition": name_of(of),
        "footer": f"{name_of(of)} · {of.doi or of.licence}",
        "lines": volume.lines,
        "mark": writing.labels["proof"] if volume.is_proof else None,
        "has_lines": _has_lines(volume),
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
            of = one.passage
            yield {
                "kind": "contribution",
                "level": place.level + 1,
                "title": volume.title_of(of),
                "authors": authors_of(of),
                "facts": volume.facts_of(of),
                "file": f"c{of.number}.typ",
            }
