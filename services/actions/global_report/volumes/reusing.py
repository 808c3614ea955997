"""Parts of a volume that are made once for the same inputs, on which alone what pandoc and typst return depends."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import orjson

from services.actions.global_report.versions.pandoc import converted
from shared.kernel.release import release
from shared.printing.document import SHARED_LAYOUTS, Document, visible

Make: TypeAlias = Callable[[], Awaitable[bytes]]
Keep: TypeAlias = Callable[[str, Make], Awaitable[bytes]]
"""What is kept for a digest of inputs, or else what `Make` makes."""
Convert: TypeAlias = Callable[..., Awaitable[bytes]]
"""As `pandoc.converted`."""
LAYOUTS = Path(__file__).parent / "layouts"


async def anew(_digest: str, make: Make) -> bytes:
    """Keeps nothing."""
    return await make()


def converting(keep: Keep) -> Convert:
    """pandoc, asked once for the same text, formats, options and template."""

    async def convert(content: bytes, source: str, target: str, *options: str, template: bytes | None = None) -> bytes:
        digest = _digest("pandoc", source, target, *options, template or b"", content)
        return await keep(digest, lambda: converted(content, source, target, *options, template=template))

    return convert


def digest_of(document: Document) -> str:
    """The digest of all that decides how a document is set."""
    files = {name: sha256(content).hexdigest() for name, content in {**SHARED_LAYOUTS, **document.files}.items()}
    said = {"data": visible(document.data), "at": int(document.at.timestamp()), "files": files}
    layout = (LAYOUTS / document.layout).read_bytes()
    return _digest("typst", document.standard, layout, orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def _digest(program: str, *inputs: str | bytes) -> str:
    """A digest of inputs, the program's version and our release."""
    found = sha256()
    for one in (program, version(_PACKAGES[program]), release(), *inputs):
        content = one if isinstance(one, bytes) else one.encode()
        found.update(len(content).to_bytes(8))
        found.update(content)
    return found.hexdigest()


_PACKAGES = {"pandoc": "pypandoc-binary", "typst": "typst"}
