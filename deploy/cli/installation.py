"""Selects the installation of a command: that of the environment, else the running local stack."""

import json
import os
from pathlib import Path

from deploy.cli.console import fail
from deploy.local.folder import DEFAULT, Folder

_ADDRESSES = ("DATABASE_URL", "REDIS_URL")
_SECRETS = ("ESCM_SECRET_KEY", "ESCM_ROLE_PASSWORD")


def enter() -> None:
    """If the environment names no database and a local stack runs, use the stack's addresses and secrets.

    Without them a command from another terminal would sign with other keys, or set other passwords.
    """
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return
    root = Path(os.environ.get("ESCM_LOCAL_FOLDER") or DEFAULT)
    if not (root / "stack.json").exists():
        return
    described = json.loads((root / "stack.json").read_text())
    folder = Folder.open(root)
    taken = {name: str(described[name.lower()]) for name in _ADDRESSES}
    taken |= {name: folder.secret(name.lower()) for name in _SECRETS}
    taken |= {"ESCM_ISSUER": described["base_url"], "ESCM_STORAGE_PATH": str(root / "files")}
    for name, value in taken.items():
        os.environ.setdefault(name, value)


def database_url() -> str:
    """The database of the installation. Without one, the command ends with a hint."""
    enter()
    if file := os.environ.get("DATABASE_URL_FILE"):
        return Path(file).read_text().strip()
    if not os.environ.get("DATABASE_URL"):
        fail("DATABASE_URL is not set and no local stack runs: set it, or start one with `escm up`")
    return os.environ["DATABASE_URL"]
