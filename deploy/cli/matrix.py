"""`escm matrix`: the access matrix as files."""

from typing import Annotated

import typer

from deploy.cli.console import fail, out


def matrix(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file differs.")] = False,
) -> None:
    """Write docs/reference/{access-matrix,notifications,settings}.md, tables of docs/*/office-*.md and the files of
    which role reads what, and which columns hold personal data, from the code."""
    from deploy.matrix import notifications, offices, page, personal, readers, settings

    written = (readers, personal, page, notifications, settings)
    wanted = {made.FILE: made.render() for made in written} | offices.pages()
    stale = [file for file, content in wanted.items() if not file.exists() or file.read_bytes() != content]
    if check and stale:
        fail(f"{', '.join(file.name for file in stale)} differ from the code: run `make matrix` and commit the files")
    for file in stale:
        file.write_bytes(wanted[file])
    out.print(f"Written: {', '.join(file.name for file in stale)}" if stale else "All files are current.")
