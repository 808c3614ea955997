"""`escm api`: the command line of the Python client, which is loaded when it is asked for."""

from typing import Any

import typer.main

from deploy.cli.failures import Commands

NAME = "api"


class WithApi(Commands):
    """The group of all commands, and `api`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), NAME]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name != NAME:
            return super().get_command(ctx, cmd_name)
        from clients.python.escm_client.commands import app

        return typer.main.get_group(app)
