"""Escapes CSV cells that a spreadsheet would read as a formula, with an apostrophe.

A cell that begins with one of the signs, with or without apostrophes before it, is written with one more apostrophe and
read with one less, so that it is read back unchanged.
"""

import re
from collections.abc import Iterable

_SIGNS = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
"""The last four are their full-width forms."""
_DANGEROUS = re.compile(f"'*{_SIGNS}")
_ESCAPED = re.compile(f"'+{_SIGNS}")


def escaped(cell: str, *, safe: bool) -> str:
    """The cell as a list for imports shows it. Without `safe` only a cell that looks escaped gets an apostrophe."""
    pattern = _DANGEROUS if safe else _ESCAPED
    return f"'{cell}" if pattern.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell as an import reads it."""
    return cell[1:] if cell.startswith("'") and _ESCAPED.match(cell) else cell


def without_formulas(cells: Iterable[str]) -> list[str]:
    """Cells for a spreadsheet, none of which is a formula."""
    return [escaped(cell, safe=True) for cell in cells]
