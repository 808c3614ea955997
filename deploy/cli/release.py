"""The version of this release."""

import tomllib
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from deploy.local.folder import PROJECT


def release() -> str:
    """The version of the running clone, or of the installed package if there is no clone."""
    project = PROJECT / "pyproject.toml"
    if project.exists():
        return str(tomllib.loads(project.read_text())["project"]["version"])
    try:
        return installed("escm")
    except PackageNotFoundError:
        return "unknown"
