"""`escm demo`: example data."""

import asyncio
import json

import typer

from deploy.cli.console import fail, out, working
from deploy.cli.installation import database_url

app = typer.Typer(help="Example data in the fictional countries XA and XB.", no_args_is_help=True)


@app.command()
def load() -> None:
    """Load the demo data, unless it is loaded, and print its accounts and clients as JSON."""
    from deploy import demo, demo_register

    url = database_url()
    with working("loads the demo data"):
        loaded = asyncio.run(demo.load(url))
        asyncio.run(demo_register.load(url))
    typer.echo(json.dumps(loaded, indent=2))


@app.command()
def programmes() -> None:
    """Load a programme with actions, milestones, indicators and results for each of the countries.

    It moves the stages of the countries. If one of them has a committee or a programme, or the framework has what the
    demo enters, it says so and changes nothing.
    """
    from deploy import demo_programmes
    from shared.configuration.settings import Settings

    url = database_url()
    if Settings(database_url=url).environment == "production":
        fail("the demo data is not for production")
    with working("loads the demo programmes"):
        hindrance = asyncio.run(demo_programmes.load(url))
    if hindrance:
        fail(hindrance)
    out.print("Two programmes are loaded: see /actions/v1/statistics/headlines.", markup=False)
