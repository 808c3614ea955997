"""`escm secrets`: the secrets of an installation."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.console import fail, out

app = typer.Typer(help="The secrets of this installation.", no_args_is_help=True)
_OF_DATABASE = ("postgres", "role", "membership", "centres", "actions", "access", "backup")
_BYTES = 32


@app.callback()
def group() -> None:
    """Keep `generate` a command of its own."""


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder for one file a secret.")],
    database: Annotated[str, typer.Option(help="The address of PostgreSQL.")] = "postgres:5432",
    valkey: Annotated[str, typer.Option(help="The address of Valkey.")] = "valkey:6379",
) -> None:
    """Write new secrets for production, as docker-compose.yml reads them. Existing files stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        fail(f"{folder} is not empty")
    found = {f"{name}_password": secrets.token_hex(_BYTES) for name in _OF_DATABASE}
    queue = secrets.token_hex(_BYTES)
    found |= {
        "secret_key": secrets.token_hex(_BYTES),
        "console_key": secrets.token_hex(_BYTES),
        "database_url": f"postgresql://postgres:{found['postgres_password']}@{database}/escm",
        "redis_url": f"redis://:{queue}@{valkey}/0",
        "valkey.conf": f"requirepass {queue}",
    }
    for name, secret in found.items():
        file = folder / name
        file.write_text(f"{secret}\n")
        file.chmod(0o444)
    out.print(f"{len(found)} secrets are in {folder}.", markup=False)
