"""Who has logged in: a file that its owner alone reads, or the variables `ESCM_API_URL` and `ESCM_API_KEY`."""

import json
import os
from pathlib import Path
from typing import Any

from ..client import Api
from ..credentials import ApiKey, ClientSecret, Credentials, Session

DEFAULT_URL = "http://127.0.0.1:8000"


class NotSignedIn(Exception):
    """Nobody has logged in."""


def file() -> Path:
    """`escm/login.json` in the folder of the user's settings; `ESCM_API_LOGIN` names another file."""
    if named := os.environ.get("ESCM_API_LOGIN"):
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "escm" / "login.json"


def save(login: dict[str, Any]) -> None:
    """Replaces the file; its mode is 600 from its first byte."""
    target = file()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        json.dump(login, written)
    new.replace(target)


def load() -> dict[str, Any]:
    """What `save` stored. Raises NotSignedIn."""
    if key := os.environ.get("ESCM_API_KEY"):
        return {"url": os.environ.get("ESCM_API_URL", DEFAULT_URL), "kind": "key", "key": key}
    if not file().exists():
        raise NotSignedIn("nobody has logged in: run `login`, or set ESCM_API_URL and ESCM_API_KEY")
    return dict(json.loads(file().read_text()))


def connect() -> Api:
    """The API as this caller. Raises NotSignedIn."""
    login = load()
    return Api(login["url"], credentials_of(login))


def credentials_of(login: dict[str, Any]) -> Credentials:
    """The credentials of a login. A renewed session is stored before it is used."""
    if login["kind"] == "key":
        return ApiKey(login["key"])
    if login["kind"] == "client":
        return ClientSecret(login["id"], login["secret"])
    return Session(login["session"], renewed=lambda granted: save({**login, "session": granted}))
