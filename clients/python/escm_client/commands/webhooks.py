"""`webhooks`: addresses to which the system sends events."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from . import output
from .bulk import wait
from .calling import connect, fields_of, mistake

app = typer.Typer(help="Webhooks: addresses to which events are sent.", no_args_is_help=True)
Webhook = Annotated[str, typer.Argument(help="A ref (`WHK-000123`) or an id.")]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
_COLUMNS = ["ref", "name", "status", "url", "types", "behind", "health"]
_VERBS = {
    "ping": "Send a ping, which an address answers before `verify`.",
    "verify": "Begin to send, once the address has answered a ping.",
    "pause": "Stop sending; `resume` goes on from there.",
}


@app.command("list")
def list_webhooks(as_json: Json = False) -> None:
    """List webhooks: how far each is behind, and how its address answers."""
    with connect() as api:
        rows = [dict(one) for one in api.access.webhooks.list()]
    if as_json:
        output.as_json(rows)
    else:
        output.table([_in_words(row) for row in rows], _COLUMNS)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What you call it.")],
    url: Annotated[str, typer.Argument(help="Where events are sent, with https.")],
    types: Annotated[list[str], typer.Option("--type", help="Such as `escm.centres.*`; repeat it.")],
    fields: Annotated[list[str] | None, typer.Argument(help="Further `name=value`, such as `rate=5`.")] = None,
    countries: Annotated[list[str] | None, typer.Option("--country", help="Such as XA; repeat it.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="A JSON file with further fields.")] = None,
    as_json: Json = False,
) -> None:
    """Create a webhook, and show its secret, which is shown only now."""
    body = fields_of(fields or [], file) | {"name": name, "url": url, "types": types}
    if countries:
        body["countries"] = countries
    with connect() as api:
        made: dict[str, Any] = dict(api.access.webhooks.create(body))  # type: ignore[arg-type]
    (output.as_json if as_json else output.record)(made)


@app.command()
def rotate(
    webhook: Webhook,
    overlap_hours: Annotated[int, typer.Option(min=0, max=168, help="How long the old key signs, too.")] = 24,
    as_json: Json = False,
) -> None:
    """Make another key, and show its secret, which is shown only now."""
    _do(webhook, "rotate", as_json, fields={"overlap_hours": overlap_hours})


@app.command()
def resume(
    webhook: Webhook,
    start: Annotated[str, typer.Option("--from", help="`here`, where it was paused, or `now`.")] = "here",
    as_json: Json = False,
) -> None:
    """Go on after `pause`."""
    _do(webhook, "resume", as_json, fields={"from": start})


@app.command()
def disable(
    webhook: Webhook,
    reason: Annotated[str, typer.Option(help="The reason, which the history shows.")],
    as_json: Json = False,
) -> None:
    """Stop a webhook until it is enabled and verified again."""
    _do(webhook, "disable", as_json, reason=reason)


@app.command()
def replay(
    webhook: Webhook,
    event: Annotated[str | None, typer.Option(help="The id of one event.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="The beginning, such as 2027-01-31T00:00:00Z.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The end.")] = None,
    status: Annotated[str, typer.Option(help="`failed` deliveries, or `all` events.")] = "failed",
    types: Annotated[list[str] | None, typer.Option("--type", help="Only these types; repeat it.")] = None,
    follow: Annotated[bool, typer.Option("--wait", help="Wait for the job, with a bar.")] = False,
) -> None:
    """Send one event again, or those of a time."""
    if (event is None) is (since is None or until is None):
        mistake("name either --event, or --from and --to")
    body: dict[str, Any] = {"event_id": event} if event else {"from": since, "to": until, "status": status}
    if types:
        body["types"] = types
    with connect() as api:
        job = api.post(f"/access/v1/webhooks/{webhook}/replays", body)
        if follow:
            output.record(wait(job, "replay"))
        else:
            output.out.print(job.address, markup=False)


def _verb(verb: str) -> Callable[..., None]:
    def command(webhook: Webhook, as_json: Json = False) -> None:
        _do(webhook, verb, as_json)

    return command


for _name, _help in _VERBS.items():
    app.command(_name, help=_help)(_verb(_name))


def _do(webhook: str, verb: str, as_json: bool, **given: Any) -> None:
    with connect() as api:
        found: dict[str, Any] = dict(api.access.webhooks.do(webhook, verb, **given))
    (output.as_json if as_json else output.record)(found)


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    behind, health = row.get("behind") or {}, row.get("health") or {}
    return {**row, "behind": behind.get("events"), "health": health.get("state")}
