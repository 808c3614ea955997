"""Makes PDF files from orders, one JSON object a line, in a process with limited resources.

Documents contain texts of strangers, so the process has a bound on its memory, reads no fonts of the system and has no
connection to anything. It ends with its parent. Run as
`python -m shared.printing.process BYTES [formulas]`.
"""

import base64
import math
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import typst

from shared.printing import fonts
from shared.printing.document import SHARED_LAYOUTS

_NICE = 5
_NO_GLYPH = "could not be displayed"


def main(memory: int, *, has_formulas: bool) -> None:
    """Replies to each order until the parent closes the pipe. `memory` is in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(_NICE)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=has_formulas, font_paths=list(fonts.folders())
    )
    for line in sys.stdin.buffer:
        replies.write(orjson.dumps(_made(found, orjson.loads(line))) + b"\n")
        replies.flush()


def _made(found: typst.Fonts, order: dict[str, Any]) -> dict[str, Any]:
    _limit_processor(order["seconds"])
    layouts = Path(order["layouts"])
    given: Any = {name: base64.b64decode(content) for name, content in order["files"].items()}
    given |= {
        **SHARED_LAYOUTS,
        "main.typ": (layouts / order["layout"]).read_bytes(),
        "data.json": orjson.dumps(order["data"]),
    }
    try:
        pdf = typst.compile(
            given,
            root=str(layouts),
            font_paths=found,
            pdf_standards=order["standard"],
            timestamp=order["timestamp"],
        )
    except typst.TypstError as error:
        return {"unprintable": True} if _NO_GLYPH in error.message else {"error": error.message}
    return {"pdf": base64.b64encode(pdf).decode()}


def _limit_processor(seconds: int) -> None:
    """Ends this process when it has worked for so many seconds more. Waiting for a processor does not count."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), has_formulas="formulas" in sys.argv[2:])
