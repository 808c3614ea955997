"""What the commands print on: answers to standard output, progress and trouble to standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Say what is wrong and end with status 1."""
    err.print("error:", style="bold red", end=" ")
    err.print(message, markup=False)
    raise typer.Exit(1)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something long goes on: a spinner on a terminal, else one line."""
    if not err.is_terminal:
        err.print(f"{what} …", markup=False)
        yield
        return
    with err.status(what):
        yield
