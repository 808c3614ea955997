"""`escm client`: API clients."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

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
    keys: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A file with its public keys (JWK Set), instead of a secret."),
    ] = None,
) -> None:
    """Create an API client, and print its id and its secret, which is shown once."""
    url = database_url()
    from services.access.administration import create_client

    given = _keys_in(keys) if keys else None
    client, secret = asyncio.run(create_client(url, name, country, role or [], writes=write, keys=given))
    out.print(f"client_id={client}" + (f"\nclient_secret={secret}" if secret else ""), markup=False)


def _keys_in(file: Path) -> dict[str, Any]:
    """The keys of a file, checked as those that a client is given over the API."""
    from services.access.principals.clients.schemas import PublicKeys

    try:
        return PublicKeys.model_validate(json.loads(file.read_text())).model_dump(exclude_unset=True)
    except ValueError as wrong:
        raise typer.BadParameter(f"{file} has no public keys: {wrong}") from None
