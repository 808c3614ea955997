"""The findings of `escm doctor`."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from deploy.cli.main import app


def doctor(folder: Path, database_url: str, *options: str, **environment: str) -> tuple[int, dict[str, dict[str, Any]]]:
    """The status of the command and its findings by subject."""
    given = {"DATABASE_URL": database_url, **environment}
    result = CliRunner().invoke(app, ["doctor", "--json", "--folder", str(folder), *options], env=given)
    return result.exit_code, {one["subject"]: one for one in json.loads(result.output)}
