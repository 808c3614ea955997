"""The version of a release. `python -m deploy.packaging.version` prints it."""

import re
import sys
import tomllib
from pathlib import Path

_CLONE = Path(__file__).resolve().parents[2]


class VersionsDiffer(Exception):
    """A file names another version than pyproject.toml."""


def version(tree: Path = _CLONE) -> str:
    """The version in pyproject.toml. Raises VersionsDiffer if one of the files below has it not."""
    released = str(tomllib.loads((tree / "pyproject.toml").read_text())["project"]["version"])
    exactly = re.escape(released)
    for name, wanted in {
        "deploy/kubernetes/Chart.yaml": rf"^version: {exactly}$\n^appVersion: {exactly}$",
        "clients/python/pyproject.toml": rf'^version = "{exactly}"$',
        "clients/typescript/package.json": rf'^  "version": "{exactly}",$',
        "CHANGELOG.md": rf"^## {exactly} - \d{{4}}-\d\d-\d\d$",
        "UPGRADING.md": rf"^\| {exactly} \|",
    }.items():
        if not re.search(wanted, (tree / name).read_text(), re.MULTILINE):
            raise VersionsDiffer(f"{name} does not have version {released} of pyproject.toml")
    return released


if __name__ == "__main__":
    sys.stdout.write(f"{version()}\n")
