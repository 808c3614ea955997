"""Prints failures that the command's caller can correct."""

from typing import Any

from typer.core import TyperGroup

from deploy.cli.console import fail
from deploy.local.errors import LocalStackError


class Commands(TyperGroup):
    """The group of all commands. A failure with a sentence for a person prints it and ends with status 1."""

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
    """The sentence for a person; empty if the failure is a bug, which is shown with its traceback."""
    from asyncpg import (
        CannotConnectNowError,
        InsufficientPrivilegeError,
        InvalidAuthorizationSpecificationError,
        InvalidCatalogNameError,
        PostgresConnectionError,
        TargetServerAttributeNotMatched,
    )
    from pydantic import ValidationError

    from deploy.backup.errors import BackupError
    from migrations.roles import UnfitDatabase
    from shared.kernel.errors import EscmError

    match failure:
        case ValidationError():
            return "\n".join(str(error["msg"]).removeprefix("Value error, ") for error in failure.errors())
        case EscmError():
            details = [failure.detail, *(error.detail for error in failure.errors)]
            return " ".join(dict.fromkeys(details)).strip()
        case UnfitDatabase() | BackupError():
            return str(failure)
        case (
            ConnectionError()
            | CannotConnectNowError()
            | InsufficientPrivilegeError()
            | InvalidAuthorizationSpecificationError()
            | InvalidCatalogNameError()
            | PostgresConnectionError()
            | TargetServerAttributeNotMatched()
        ):
            return f"{failure}; `escm doctor` looks for the cause"
    return ""
