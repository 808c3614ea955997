"""`events follow`, `listen` and `trigger`: what changes, as it changes."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import typer

from ..feed import FilePosition
from . import output
from .calling import connect

app = typer.Typer(help="The feed: what changed, complete and in order.", no_args_is_help=True)
Types = Annotated[list[str] | None, typer.Option("--type", help="Such as `escm.membership.*`; repeat it.")]
Countries = Annotated[list[str] | None, typer.Option("--country", help="Such as XA; repeat it.")]


@app.callback()
def group() -> None:
    """Keep `follow` a command of its own."""


@app.command()
def follow(
    types: Types = None,
    countries: Countries = None,
    position: Annotated[Path | None, typer.Option(help="A file that stores how far this has come.")] = None,
    start: Annotated[str, typer.Option(help="Without a stored position: `oldest` or `now`.")] = "oldest",
    until_now: Annotated[bool, typer.Option("--until-now", help="End at the newest event.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Each event as a line of JSON.")] = False,
) -> None:
    """Print events as they come, until you press Ctrl-C."""
    begin: Literal["oldest", "now"] = "now" if start == "now" else "oldest"
    stored = FilePosition(position) if position else None
    with connect() as api:
        given: dict[str, Any] = {"types": types or (), "countries": countries or (), "start": begin}
        for event in api.follow(stored, **given, until=lambda: until_now):
            if as_json:
                output.as_line(event)
            else:
                data = event["data"]
                line = f"{event['time']}  {event['type']}  {data['ref']}  {data['country'] or ''}"
                output.out.print(line, markup=False, soft_wrap=True)


def listen(
    forward_to: Annotated[str, typer.Option(help="The address of your receiver, such as http://127.0.0.1:5000/hook.")],
    types: Types = None,
    countries: Countries = None,
    start: Annotated[str, typer.Option(help="`oldest` or `now`.")] = "now",
    until_now: Annotated[bool, typer.Option("--until-now", help="End at the newest event.")] = False,
) -> None:
    """Forward the feed to a receiver of webhooks on your machine, signed with a key that is thrown away afterwards."""
    key = secrets.token_bytes(24)
    output.out.print(f"whsec_{base64.b64encode(key).decode()}", markup=False)
    begin: Literal["oldest", "now"] = "oldest" if start == "oldest" else "now"
    with connect() as api, httpx.Client(timeout=15) as receiver:
        given: dict[str, Any] = {"types": types or (), "countries": countries or (), "start": begin}
        for event in api.follow(**given, until=lambda: until_now):
            body = json.dumps(event, ensure_ascii=False).encode()
            answer = _forward(receiver, forward_to, body, _signed(key, event["id"], body))
            output.out.print(f"{answer}  {event['type']}  {event['data']['ref']}", markup=False, soft_wrap=True)


def complete_type(incomplete: str) -> list[str]:
    """The types of events that a word may become; none if they cannot be read."""
    try:
        with connect() as api:
            return [one["type"] for one in api.access.event_types.list() if one["type"].startswith(incomplete)]
    except Exception:
        return []


def trigger(
    event_type: Annotated[
        str, typer.Argument(metavar="TYPE", help="As `/access/v1/event_types` lists.", autocompletion=complete_type)
    ],
    country: Annotated[str | None, typer.Option(help="A fictional country; else the first that you read.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a line.")] = False,
) -> None:
    """Send a sample of an event, in a sandbox: to the feed, `listen`, and webhooks."""
    body = {"type": event_type} | ({"country": country} if country else {})
    with connect() as api:
        event = api.post("/access/v1/sandbox/events", body)
    if as_json:
        output.as_json(event)
    else:
        data = event["data"]
        output.out.print(f"{event['id']}  {event['type']}  {data['country']}", markup=False, soft_wrap=True)


def _signed(key: bytes, identity: str, body: bytes) -> dict[str, str]:
    """The headers of a webhook, by the scheme `v1`."""
    at = str(int(time.time()))
    made = hmac.new(key, f"{identity}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(made).decode()}"
    return {"webhook-id": identity, "webhook-timestamp": at, "webhook-signature": signature}


def _forward(receiver: httpx.Client, address: str, body: bytes, headers: dict[str, str]) -> str:
    try:
        sent = receiver.post(address, content=body, headers={**headers, "content-type": "application/json"})
    except httpx.TransportError as failure:
        return f"no response ({failure})"
    return str(sent.status_code)
