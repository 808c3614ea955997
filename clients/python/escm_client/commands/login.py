"""`login`, `logout`, `whoami`."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer

from ..client import Api
from ..credentials import Credentials, Password, Renewed
from ..errors import ApiError
from . import output, stored
from .browser import Browser
from .calling import connect, mistake
from .device import Device

Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


def login(
    url: Annotated[str, typer.Option(envvar="ESCM_API_URL", help="The origin of the system.")] = stored.DEFAULT_URL,
    email: Annotated[str | None, typer.Option(help="A person, who is asked for the password.")] = None,
    client: Annotated[str | None, typer.Option(help="The id of a client, whose secret is asked for.")] = None,
    key: Annotated[bool, typer.Option("--key", help="An API key, which is asked for.")] = False,
    device: Annotated[bool, typer.Option("--device", help="Sign in elsewhere: this machine has no browser.")] = False,
) -> None:
    """Store who you are, in a file that you alone read: as you sign in with the browser, here or elsewhere, or by a
    secret, which is asked for, or read from standard input."""
    if sum((email is not None, client is not None, key, device)) > 1:
        mistake("name one of --email, --client, --key and --device, or none for the browser")
    caller: dict[str, Any] = {"url": url.rstrip("/")}
    if not (client or key):
        caller |= {"kind": "session", "session": _signed_in(caller["url"], _person(email, device=device))}
    elif client:
        caller |= {"kind": "client", "id": client, "secret": _secret("Secret")}
    else:
        caller |= {"kind": "key", "key": _secret("Key")}
    _store(caller)


def _person(email: str | None, *, device: bool) -> Callable[[Renewed], Credentials]:
    """How the person signs in."""
    if email:
        password = _secret("Password")
        return lambda keep: Password(email, password, label="escm api", renewed=keep)
    return lambda keep: Device(_tell, keep) if device else Browser(_show, keep)


def _signed_in(url: str, credentials: Callable[[Renewed], Credentials]) -> dict[str, Any]:
    """The session that these credentials open."""
    granted: list[dict[str, Any]] = []
    with Api(url, credentials(granted.append)) as api:
        api.whoami()
    return granted[-1]


def _tell(address: str, code: str) -> None:
    sys.stderr.write(f"Open this address on a machine with a browser, and sign in:\n{address}\n")
    sys.stderr.write(f"Enter the code {code} there. It lives for ten minutes.\n")
    sys.stderr.flush()


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
            api.transport.send("POST", "/access/v1/oauth/revoke", form=form, anonymous=True)
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
