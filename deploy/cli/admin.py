"""`escm admin`: administrators."""

import asyncio
from typing import Annotated

import typer

from deploy.cli.console import out
from deploy.cli.installation import database_url

app = typer.Typer(help="Administrators of this installation.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `create` a command of its own."""


@app.command()
def create(
    email: Annotated[str, typer.Argument(help="The address that the person logs in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")] = "Administrator",
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="ADMIN_PASSWORD")
    ] = "",
) -> None:
    """Create an account with the role secretariat_admin everywhere."""
    url = database_url()
    from services.access.administration import create_admin

    asyncio.run(create_admin(url, email=email, name=name, password=password))
    out.print(f"{email} may log in and do everything.", markup=False)
