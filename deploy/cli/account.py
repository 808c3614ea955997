"""`escm account`: accounts of people."""

import asyncio
from typing import Annotated

import typer

from deploy.cli import incidents
from deploy.cli.console import out
from deploy.cli.installation import database_url

app = typer.Typer(help="Accounts of this installation.", no_args_is_help=True)
app.command("list")(incidents.list_accounts)
app.command("disable")(incidents.disable)
app.command("reset")(incidents.reset)


@app.command()
def invite(
    email: Annotated[str, typer.Argument(help="The address that gets the invitation.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str | None, typer.Option(help="A role that the person has from today.")] = None,
    country: Annotated[str | None, typer.Option(help="The country that the role is over; default: all.")] = None,
    language: Annotated[str, typer.Option(help="The language of mails: ar, en, es, fr, ru or zh.")] = "en",
) -> None:
    """Create an account and mail its owner a link to choose a password."""
    url = database_url()
    from services.access.administration import invite as create

    asyncio.run(create(url, email, name, language, role, country))
    out.print(f"The invitation to {email} is sent by the worker of access.", markup=False)
