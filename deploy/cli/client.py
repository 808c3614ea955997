"""`escm client`: API clients."""

import asyncio
from typing import Annotated

import typer

from deploy.cli import incidents
from deploy.cli.console import out
from deploy.cli.installation import database_url

app = typer.Typer(help="API clients of this installation.", no_args_is_help=True)
app.command("list")(incidents.list_clients)
app.command("revoke")(incidents.revoke)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The client's name.")],
    role: Annotated[list[str] | None, typer.Option(help="A role that it has besides api_client; repeat it.")] = None,
    country: Annotated[str | None, typer.Option(help="The country that its roles are over; default: all.")] = None,
    write: Annotated[bool, typer.Option("--write", help="It also writes; its roles say what.")] = False,
) -> None:
    """Create an API client and print its id and its secret, which is shown once."""
    url = database_url()
    from services.access.administration import create_client

    client, secret = asyncio.run(create_client(url, name, country, role or [], writes=write))
    out.print(f"client_id={client}\nclient_secret={secret}", markup=False)
