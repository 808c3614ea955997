"""The version of this release."""

import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@cache
def release() -> str:
    """The version of the running clone, or of the installed package if there is no clone."""
    if _PROJECT.exists():
        return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])
    try:
        return installed("escm")
    except PackageNotFoundError:
        return "unknown"
