"""What the command says when something fails that its caller can mend."""

from typing import Any

from typer.core import TyperGroup

from deploy.cli.console import fail
from deploy.local.errors import LocalStackError


class Commands(TyperGroup):
    """The group of all commands. A failure that has a sentence for a person is that sentence and status 1."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except LocalStackError as trouble:
            fail(str(trouble))
        except Exception as failure:
            if sentence := _sentence(failure):
                fail(sentence)
            raise


def _sentence(failure: Exception) -> str:
    """For a person; empty where the failure is a fault of ours, to be seen whole."""
    from asyncpg import (
        CannotConnectNowError,
        InsufficientPrivilegeError,
        InvalidAuthorizationSpecificationError,
        InvalidCatalogNameError,
        PostgresConnectionError,
    )
    from pydantic import ValidationError

    from deploy.backup.errors import BackupError
    from migrations.roles import UnfitDatabase
    from shared.kernel.errors import EscmError

    match failure:
        case ValidationError():
            return "\n".join(str(error["msg"]).removeprefix("Value error, ") for error in failure.errors())
        case EscmError():
            return " ".join([failure.detail, *(error.detail for error in failure.errors)]).strip()
        case UnfitDatabase() | BackupError():
            return str(failure)
        case (
            ConnectionError()
            | CannotConnectNowError()
            | InsufficientPrivilegeError()
            | InvalidAuthorizationSpecificationError()
            | InvalidCatalogNameError()
            | PostgresConnectionError()
        ):
            return f"{failure}; `escm doctor` looks for the cause"
    return ""
