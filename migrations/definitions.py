"""Views and functions that are in files of their own, so that whoever changes one says all of it, and can go back.

`define("member_withheld", "0098")` makes what `versions/0098_member_withheld.sql` has, and `define("member_withheld")`
what the baseline has. A file replaces what has the same columns or arguments; otherwise, and where it belongs to
`escm_search`, the migration drops it first.
"""

import re
from collections.abc import Callable
from pathlib import Path

from alembic import op

from migrations.rules import role, setting

_FOLDER = Path(__file__).parent
_PLACES = re.compile(r"\{(role|setting):(\w+)\}")
_NEXT = re.compile(r";\n+(?=(?:ALTER|COMMENT|CREATE|GRANT|REVOKE) )")
"""Between two statements. Lines of a function's body are indented."""


def define(name: str, number: str = "") -> None:
    """Makes a view or function, with its owner and grants, as the migration with this number does."""
    places = (
        [f"versions/{number}_{name}.sql"]
        if number
        else [f"baseline/{kind}/{name}.sql" for kind in ("views", "functions")]
    )
    (file,) = (_FOLDER / place for place in places if (_FOLDER / place).exists())
    searcher = role("search")
    op.execute(f"GRANT CREATE ON SCHEMA escm TO {searcher}")
    for statement in _NEXT.split(filled(file.read_text(encoding="utf-8"), role)):
        op.execute(statement)
    op.execute(f"REVOKE CREATE ON SCHEMA escm FROM {searcher}")


def filled(text: str, role: Callable[[str], str]) -> str:
    """SQL with the names of roles for `{role:search}`, and the values of settings for `{setting:countries}`."""

    def fill(place: re.Match[str]) -> str:
        kind, name = place.groups()
        return role(name) if kind == "role" else setting(name)

    return _PLACES.sub(fill, text)
