"""`escm demo load`."""

import asyncio
import json

import typer

from deploy.cli.console import working
from deploy.cli.installation import database_url

app = typer.Typer(help="Example data in the fictional countries XA and XB.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `load` a command of its own."""


@app.command()
def load() -> None:
    """Load the demo data, unless it is loaded, and print its accounts and clients as JSON."""
    from deploy import demo, demo_register

    url = database_url()
    with working("loads the demo data"):
        loaded = asyncio.run(demo.load(url))
        asyncio.run(demo_register.load(url))
    typer.echo(json.dumps(loaded, indent=2))
