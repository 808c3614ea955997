"""`escm passwords`: the list of passwords that leaked elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.console import fail, out, working

app = typer.Typer(help="Passwords that nobody may choose here.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `prepare` a command of its own."""


@app.command()
def prepare(
    source: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A list: a SHA-1 in each line, sorted.")],
    target: Annotated[Path, typer.Argument(dir_okay=False, help="The file to make.")],
) -> None:
    """Make the file that ESCM_ACCESS_BREACHED_PASSWORDS names: eight bytes for each password.

    A line is a SHA-1 in hexadecimal; what follows a colon, such as a count, is left out.
    """
    from services.access.principals.accounts.leaked_passwords import NotSorted, prepare

    try:
        with source.open("rb") as lines, working("reads the list"):
            written = prepare(lines, target)
    except NotSorted as fault:
        fail(f"{source}: {fault}. Sort it: LC_ALL=C sort -o {source} {source}")
    out.print(f"{target} has {written} passwords.", markup=False)
