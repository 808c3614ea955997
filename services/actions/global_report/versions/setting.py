"""Finds out which images of a manuscript can be set, by the program that sets them in builds."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from services.actions.global_report.versions.images import MOST_TOGETHER, Image, Unusable, image_of
from shared.printing.document import Document, Unprintable
from shared.printing.printer import LayoutFault, Printer

_LAYOUT = Path(__file__).parent / "layouts" / "image.typ"
_AT = datetime(2000, 1, 1, tzinfo=UTC)
_MEMORY = 1 << 30
_TOO_MANY = f"the images of a version have at most {MOST_TOGETHER >> 20} MiB"


async def usable(files: Mapping[str, bytes]) -> dict[str, Image | str]:
    """The images in files by their addresses; for one that is not printed, why."""
    found: dict[str, Image | str] = {}
    if not files:
        return found
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        (folder / _LAYOUT.name).write_bytes(_LAYOUT.read_bytes())
        async with Printer(folder, memory=_MEMORY) as printer:
            for address, content in files.items():
                together = sum(len(one.content) for one in found.values() if isinstance(one, Image))
                is_more = together + len(content) > MOST_TOGETHER
                found[address] = _TOO_MANY if is_more else await _set(printer, folder, content)
    return found


async def _set(printer: Printer, folder: Path, content: bytes) -> Image | str:
    try:
        image = image_of(content)
        (folder / image.name).write_bytes(image.content)
        await printer.pdf(Document(_LAYOUT.name, {"file": image.name}, _AT, standard="ua-1"))
    except Unusable as error:
        return str(error)
    except (LayoutFault, Unprintable):
        return "it is damaged"
    return image
