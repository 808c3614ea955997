"""Tables, JSON and bars: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from ..errors import ApiError

_WIDE = 200
_NAMES = ("display_name", "name", "titles", "title", "code", "names")
_USUAL = ("status", "country", "updated_at")
out = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def as_json(content: Any) -> None:
    """The JSON, for programs and people."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def as_line(content: Any) -> None:
    """The JSON in one line, at once."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
    """A table; without columns of those that records usually have."""
    chosen = columns or _columns(rows)
    if not rows:
        err.print("Nothing.")
        return
    shown = Table(*chosen, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*(_cell(row.get(name)) for name in chosen))
    out.print(shown)


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ref, what the records are called by, and what most of them have."""
    having = {name for row in rows for name, value in row.items() if value not in (None, [], {})}
    called = [name for name in _NAMES if name in having][:1]
    return [name for name in ("ref", *called, *_USUAL) if name in having] or sorted(having)


def record(found: Mapping[str, Any]) -> None:
    """A record, a line for each field."""
    width = max(map(len, found))
    for name, value in found.items():
        if value not in (None, [], {}) and name not in ("links", "allowed_actions"):
            out.print(f"{name:<{width}}  {_cell(value)}", markup=False, soft_wrap=True)
    possible = [one["action"] for one in found.get("allowed_actions") or () if one["allowed"]]
    if possible:
        out.print(f"{'verbs':<{width}}  {', '.join(possible)}", markup=False, soft_wrap=True)


def problem(error: ApiError) -> None:
    """What the system says: the code, the sentence, each field, and the request for support."""
    said = error.problem
    err.print(f"error: {said.get('title', '')} ({error.status} {error.code})", markup=False)
    if said.get("detail"):
        err.print(said["detail"], markup=False)
    if said.get("reason"):
        err.print(f"reason: {said['reason']}", markup=False)
    for fault in said.get("errors") or ():
        place = fault.get("pointer") or fault.get("parameter") or ""
        err.print(f"  {place}  {fault.get('detail') or fault.get('code')}", markup=False)
    if error.retry_after:
        err.print(f"Try again in {error.retry_after:.0f} seconds.", markup=False)


@contextmanager
def bar(what: str, *, of_bytes: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal. The returned function receives how much is done, and of how much."""
    number = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), number)
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case {"en": str() as text}:
            return text
        case dict() | list():
            return _plain(value)
    return str(value)


def _plain(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def counts(result: Mapping[str, Any]) -> None:
    """The counts of an import."""
    found: Iterable[tuple[str, Any]] = result.get("counts", {}).items()
    out.print(", ".join(f"{number} {name}" for name, number in found), markup=False)
