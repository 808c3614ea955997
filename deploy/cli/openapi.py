"""`escm openapi`: the published contract as files, its changes as a guide, and the requests of its tasks for Bruno."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import collection
from deploy.cli.console import fail, out
from deploy.local.folder import PROJECT
from deploy.local.services import SERVICES
from deploy.matrix.contract import SPECS

CHANGELOG = PROJECT / "CHANGELOG.md"
CHANGES = PROJECT / "docs" / "reference" / "changes.md"
"""A copy of the changelog among the guides, which a running system has."""


def openapi(
    folder: Annotated[Path, typer.Option(help="The folder of the files, one for each service.")] = SPECS,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file differs.")] = False,
) -> None:
    """Write the OpenAPI description of each service, as committed and as merged by the portal."""
    from shared.web.contract.openapi import render

    stale = []
    folder.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        app = import_module(f"services.{service}.app").create_app()
        described = render(app.openapi())
        file = folder / f"{service}.json"
        if not file.exists() or file.read_bytes() != described:
            stale.append(file.name)
            if not check:
                file.write_bytes(described)
    if folder == SPECS:
        stale += _derived(check=check)
    if check and stale:
        fail(f"{', '.join(stale)} differ from the code: run `make openapi` and commit the files")
    out.print(f"Written: {', '.join(stale)}" if stale else "All files are current.")


def _derived(*, check: bool) -> list[str]:
    """Writes what follows from the contract, unless it is only checked; returns what differed."""
    differing = []
    if CHANGES.read_text(encoding="utf-8") != (written := changes()):
        differing.append(CHANGES.name)
        if not check:
            CHANGES.write_text(written, encoding="utf-8")
    differing += collection.stale(requests := collection.collection())
    if not check:
        collection.write(requests)
    return differing


def changes() -> str:
    """The guide of changes: the changelog, with its links as seen from there."""
    text = CHANGELOG.read_text(encoding="utf-8").replace("# Changelog", "# Changes of the API", 1)
    return text.replace("](docs/", "](../").replace("](UPGRADING.md)", "](../../UPGRADING.md)")
