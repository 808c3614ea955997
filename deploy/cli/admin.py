"""`escm admin`: administrators."""

import asyncio
from typing import Annotated

import typer

from deploy.cli.console import out
from deploy.cli.incidents import act
from deploy.cli.installation import database_url

app = typer.Typer(help="Administrators of this installation.", no_args_is_help=True)


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


@app.command("break-glass")
def break_glass(reason: Annotated[str, typer.Option(help="Why; administrators and the audit trail learn it.")]) -> None:
    """Print an address that opens a session of an administrator, once, within 15 minutes, for an hour.

    For when nobody can sign in: the session is of an account of its own, all administrators are mailed, and each of its
    requests is in the audit trail.
    """
    from services.access.settings import AccessSettings
    from services.access.signing_in.break_glass.operations import make
    from services.access.signing_in.pages.addresses import BREAK_GLASS, with_query

    code = act(lambda uow: make(uow, reason))
    settings = AccessSettings(database_url=database_url())
    out.print(with_query(f"{settings.issuer.rstrip('/')}{BREAK_GLASS}", {"code": code}), markup=False, soft_wrap=True)
