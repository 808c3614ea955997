"""What operators do about accounts, clients and grants without HTTP, when somebody must be stopped at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.table import Column, Table

from deploy.cli.console import out
from deploy.cli.installation import database_url

if TYPE_CHECKING:
    from shared.database.unit_of_work import UnitOfWork

T = TypeVar("T")
Part = Annotated[str, typer.Argument(help="A part of the address, the id or the name; all without it.")]
Most = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")]
Reason = Annotated[str, typer.Option(help="Why; the audit trail shows it.")]
grants = typer.Typer(help="Roles that accounts and clients have.", no_args_is_help=True)


def list_accounts(part: Part = "", limit: Most = 200) -> None:
    """List accounts that are not closed, with their roles."""
    _list("accounts", part, limit)


def disable(email: Annotated[str, typer.Argument(help="The address of the account.")], reason: Reason) -> None:
    """Suspend an account and end its sessions. The secretariat alone reinstates it."""
    from services.access.overview.incidents.operations import disable_account

    act(lambda uow: disable_account(uow, email, reason))
    out.print(f"{email} is suspended: its sessions have ended, its tokens and keys stop within a minute.", markup=False)


def reset(email: Annotated[str, typer.Argument(help="The address of the account.")]) -> None:
    """Mail the owner of an account a link to choose another password."""
    from services.access.overview.incidents.operations import reset_account

    act(lambda uow: reset_account(uow, email))
    out.print(f"The mail to {email} is sent by the worker of access.", markup=False)


def list_clients(part: Part = "", limit: Most = 200) -> None:
    """List API clients that are not revoked, with their roles."""
    _list("clients", part, limit)


def revoke(client: Annotated[str, typer.Argument(help="The client's id.")], reason: Reason) -> None:
    """End an API client for good."""
    from services.access.overview.incidents.operations import revoke_client

    act(lambda uow: revoke_client(uow, client, reason))
    out.print(f"{client} is revoked: its tokens stop within a minute.", markup=False)


@grants.command("list")
def list_grants(part: Part = "", limit: Most = 200) -> None:
    """List grants that have not ended, by the address or id of who has them."""
    _list("grants", part, limit)


@grants.command()
def end(ref: Annotated[str, typer.Argument(help="The grant, such as GRT-000123.")], reason: Reason) -> None:
    """Revoke a grant, and those delegated from it."""
    from services.access.overview.incidents.operations import end_grant

    act(lambda uow: end_grant(uow, ref, reason))
    out.print(f"{ref} is revoked: it has no effect after a minute.", markup=False)


def _list(what: str, part: str, limit: int) -> None:
    from services.access.overview.incidents.queries import holders

    rows = act(lambda uow: holders(uow.connection, what, part, limit))
    if not rows:
        out.print(f"No {what}.")
        return
    cells = [["" if value is None else str(value) for value in row.values()] for row in rows]
    columns = [Column(name.replace("_", " "), overflow="fold") for name in rows[0].keys()]  # noqa: SIM118 (a row is no mapping)
    for place in range(2):  # whole, because people copy them to the other commands
        columns[place].min_width = max(len(row[place]) for row in cells)
    table = Table(*columns, box=None, pad_edge=False)
    for row in cells:
        table.add_row(*row)
    out.print(table)


def act(work: "Callable[[UnitOfWork], Awaitable[T]]") -> T:
    """The result of work in one transaction of access, as the system."""
    url = database_url()
    from services.access.administration import setting_up

    async def run() -> T:
        async with setting_up(url) as uow:
            return await work(uow)

    return asyncio.run(run())
