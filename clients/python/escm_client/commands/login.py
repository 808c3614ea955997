"""`login`, `logout`, `whoami`."""

import sys
from contextlib import suppress
from typing import Annotated, Any

import typer

from ..browser import sign_in
from ..client import Api
from ..credentials import Password
from ..errors import ApiError
from . import output, stored
from .calling import connect, mistake

Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


def login(
    url: Annotated[str, typer.Option(envvar="ESCM_API_URL", help="The origin of the system.")] = stored.DEFAULT_URL,
    email: Annotated[str | None, typer.Option(help="A person, who is asked for the password.")] = None,
    client: Annotated[str | None, typer.Option(help="The id of a client, whose secret is asked for.")] = None,
    key: Annotated[bool, typer.Option("--key", help="An API key, which is asked for.")] = False,
) -> None:
    """Store who you are, in a file that you alone read: as you sign in with the browser, or by a secret, which is asked
    for, or read from standard input."""
    if sum((email is not None, client is not None, key)) > 1:
        mistake("name one of --email, --client and --key, or none for the browser")
    caller: dict[str, Any] = {"url": url.rstrip("/")}
    if not (email or client or key):
        with Api(caller["url"]) as api:
            caller |= {"kind": "session", "session": sign_in(api.transport, _show)}
        _store(caller)
        return
    secret = _secret("Password" if email else "Key" if key else "Secret")
    if email:
        granted: list[dict[str, Any]] = []
        with Api(caller["url"], Password(email, secret, label="escm api", renewed=granted.append)) as api:
            api.whoami()
        caller |= {"kind": "session", "session": granted[-1]}
    elif client:
        caller |= {"kind": "client", "id": client, "secret": secret}
    else:
        caller |= {"kind": "key", "key": secret}
    _store(caller)


def _show(address: str) -> None:
    output.err.print("Sign in with the browser of this machine. If none opens, open this address in it:")
    sys.stderr.write(f"{address}\n")
    sys.stderr.flush()


def _store(caller: dict[str, Any]) -> None:
    with Api(caller["url"], stored.credentials_of(caller)) as api:
        principal = api.whoami()["principal"]
    stored.save(caller)
    output.err.print(f"{principal['name']} is logged in at {caller['url']}.", markup=False)


def _secret(what: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, err=True))
    return sys.stdin.readline().strip()


def logout() -> None:
    """End the session, and remove the file."""
    found = stored.load()
    if found["kind"] == "session":
        with Api(found["url"]) as api, suppress(ApiError):
            form = {"token": found["session"]["refresh_token"]}
            form |= {name: found["session"][name] for name in ("client_id",) if name in found["session"]}
            api.transport.send("POST", "/access/v1/oauth/revoke", form=lambda: form, anonymous=True)
    stored.file().unlink(missing_ok=True)


def whoami(as_json: Json = False) -> None:
    """Show who you are and what you have been granted."""
    with connect() as api:
        me = api.whoami()
    if as_json:
        output.as_json(me)
        return
    output.out.print(f"{me['principal']['kind']} {me['principal']['name']}", markup=False)
    output.table(me.get("grants", []), ["role", "scope_kind", "scope_id", "from", "to"])
