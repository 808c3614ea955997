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
def report() -> None:
    """Make two editions of the Global Report in the running system, one published and one in writing.

    They are made over its API by the clients of the demo data, and their files by its worker. What is there stays; an
    interrupted one is continued.
    """
    from deploy import demo, demo_report
    from shared.configuration.settings import Settings

    url = database_url()
    settings = Settings(database_url=url)
    if settings.environment == "production":
        fail("the demo data is not for production")

    async def make() -> None:
        clients = (await demo.load(url))["clients"]
        await demo_report.load(url, (settings.api or settings.issuer).replace("{service}", "actions"), clients)

    with working("makes the editions of the demo"):
        try:
            asyncio.run(make())
        except demo_report.ReportFailed as refused:
            fail(str(refused))
    out.print("Two editions are made: see /en/reports.", markup=False)


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
