"""`escm settings`: the settings that a process would have in this environment."""

import os
from typing import Annotated, Literal, TypeAlias

import typer

from deploy.cli.console import out
from shared.configuration.addresses import DatabaseAddress

Service: TypeAlias = Literal["access", "membership", "centres", "actions", "portal"]


def settings(
    service: Annotated[Service | None, typer.Argument(help="The service, by default what all processes have.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON document.")] = False,
) -> None:
    """Show the settings of this environment: each value, where it is from, its default and its meaning."""
    import orjson

    from deploy.matrix.settings import class_of, settings_of, shown

    values = class_of(service or "")()
    found = [
        {
            "name": one.variable,
            "value": _without_password(shown(getattr(values, one.field))),
            "source": _source(one.variable),
            "default": one.default,
            "bounds": one.bounds,
            "meaning": one.meaning,
        }
        for one in settings_of(service or "")
    ]
    if as_json:
        out.file.write(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())
        return
    for one in found:
        out.print(one["name"], style="bold", end="")
        out.print(f"={one['value']}  ({one['source']})", markup=False)
        out.print(f"    {one['meaning']}", markup=False)


def _source(variable: str) -> str:
    """Where a value is from. A file wins, as for processes."""
    if os.environ.get(f"{variable}_FILE"):
        return f"file {os.environ[f'{variable}_FILE']}"
    return "environment" if variable in os.environ else "default"


def _without_password(value: str) -> str:
    """The address without its password."""
    parts = DatabaseAddress.of(value)
    if not parts.scheme or parts.password is None:
        return value
    return str(parts.with_user(f"{parts.user.partition(':')[0]}:***"))
