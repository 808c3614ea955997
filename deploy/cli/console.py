"""The commands' output: results to standard output, progress and errors to standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Print the error and end with status 1."""
    err.print("error:", style="bold red", end=" ")
    err.print(message, markup=False)
    raise typer.Exit(1)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that a long operation runs: a spinner on a terminal, else one line."""
    if not err.is_terminal:
        err.print(f"{what} …", markup=False)
        yield
        return
    with err.status(what):
        yield


@contextmanager
def measured(*, of_bytes: bool = True) -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """Shows long parts of known size: a bar for each on a terminal, else one line.

    The returned function receives each part and its bytes or blocks, and returns a callback for finished ones.
    """
    done = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), done, TimeRemainingColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as progress:

        def begin(what: str, size: int) -> Callable[[int], None]:
            if progress.disable:
                err.print(f"{what} …", markup=False)
            task = progress.add_task(what, total=size)
            return lambda done: progress.advance(task, done)

        yield begin
