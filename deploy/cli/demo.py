"""`escm demo`: example data."""

import asyncio
import json
from typing import Any

import typer

from deploy.cli.console import fail, out, working
from deploy.cli.installation import database_url
from deploy.cli.memory import permanent

app = typer.Typer(help="Example data in the fictional countries.", no_args_is_help=True)


@app.command()
def load() -> None:
    """Load the demo data, unless it is loaded, and print its accounts and clients as JSON.

    Twelve fictional countries on all rungs of the ladder, each step on its past day. An interrupted load is continued.
    """
    with working("loads the demo data"), permanent():
        loaded = asyncio.run(_loaded(database_url()))
    typer.echo(json.dumps(loaded, indent=2))


async def _loaded(url: str) -> dict[str, Any]:
    """What `load` prints."""
    from deploy import demo, demo_register
    from deploy.demonstration import loading

    loaded: dict[str, Any]
    loaded, _ = await asyncio.gather(demo.load(url), demo_register.load(url))
    host = await loading.load(url, loaded["accounts"])
    if host is not None:
        account = loaded["accounts"]["representative"]["account_id"]
        await demo.appoint(url, account, "institution_representative", "institution", host)
    return loaded


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
        loaded = await demo.load(url)
        address = (settings.api or settings.issuer).replace("{service}", "actions")
        for edition in await demo_report.load(url, address, loaded["clients"]):
            for role in ("editor_in_chief", "editor"):
                await demo.appoint(url, loaded["accounts"][role]["account_id"], role, "edition", edition)

    with working("makes the editions of the demo"):
        try:
            asyncio.run(make())
        except demo_report.ReportFailed as refused:
            fail(str(refused))
    out.print("Two editions are made: see /en/reports.", markup=False)
