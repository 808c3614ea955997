"""`list`, `get`, `create`, `set`, `do`, `verbs`, `history`."""

import sys
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from . import output
from .calling import collection, complete_resource, complete_verb, connect, fields_of, filters_of, mistake, read_json
from .calling import record_of as find

Resource = Annotated[str, typer.Argument(help="Such as `experts`.", autocompletion=complete_resource)]
Record = Annotated[str, typer.Argument(help="A ref (`EXP-000123`), an address, or `experts/ID`.")]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
File = Annotated[Path | None, typer.Option("--file", "-f", help="A JSON file; `-` is standard input.")]


def list_records(
    ctx: typer.Context,
    resource: Resource,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    columns: Annotated[str | None, typer.Option(help="The columns of the table, separated by commas.")] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The whole list as CSV.")] = False,
) -> None:
    """List records. Every filter of the API is an option: `list experts --country XA --status active`."""
    filters = filters_of(ctx.args)
    with connect() as api:
        chosen = collection(api, resource)
        if as_csv:
            with api.transport.stream("GET", chosen.path, query={**filters, "format": "csv"}) as response:
                for text in response.iter_text():
                    sys.stdout.write(text)
            return
        size = 200 if every else min(limit, 200)
        rows = list(islice(chosen.list(**filters, limit=size), None if every else limit))
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, columns.split(",") if columns else None)


def get(record: Record, as_json: Json = False) -> None:
    """Show a record."""
    with connect() as api:
        resource, key = find(api, record)
        _show(resource.get(key), as_json)


def create(
    resource: Resource,
    fields: Annotated[list[str] | None, typer.Argument(help="`name=value`; a value may be JSON.")] = None,
    file: File = None,
    key: Annotated[str | None, typer.Option(help="The same key again makes no second record.")] = None,
    as_json: Json = False,
) -> None:
    """Create a record from fields, or from a file; an array in a file makes several."""
    content = read_json(file) if file and not fields else fields_of(fields or [], file)
    bodies: list[Any] = content if isinstance(content, list) else [content]
    if key and len(bodies) != 1:
        mistake("a key is for one record")
    with connect() as api:
        made = [collection(api, resource).create(body, key=key) for body in bodies]
    if as_json:
        output.as_json(made if isinstance(content, list) else made[0])
    else:
        output.table(made)


def set_fields(
    record: Record,
    fields: Annotated[list[str] | None, typer.Argument(help="`name=value`; a value may be JSON, null removes.")] = None,
    file: File = None,
    version: Annotated[int | None, typer.Option(help="Refuse if it is not of this version any more.")] = None,
    as_json: Json = False,
) -> None:
    """Change fields of a record."""
    change = fields_of(fields or [], file)
    with connect() as api:
        resource, key = find(api, record)
        _show(resource.update(_of_version(resource.address(key), key, version), change), as_json)


def do(
    record: Record,
    verb: Annotated[str, typer.Argument(help="Such as `approve`; `verbs` lists them.", autocompletion=complete_verb)],
    fields: Annotated[list[str] | None, typer.Argument(help="`name=value` of what the verb takes.")] = None,
    reason: Annotated[str | None, typer.Option(help="The reason, which the history shows.")] = None,
    file: File = None,
    version: Annotated[int | None, typer.Option(help="Refuse if it is not of this version any more.")] = None,
    as_json: Json = False,
) -> None:
    """Take a record through a transition: `do EXP-000123 approve --reason "The documents are complete."`"""
    given = fields_of(fields or [], file)
    with connect() as api:
        resource, key = find(api, record)
        named = _of_version(resource.address(key), key, version)
        _show(resource.do(named, verb, reason=reason, fields=given or None), as_json)


def verbs(record: Record, as_json: Json = False) -> None:
    """Show what can be done with a record now, by you, and what is missing."""
    with connect() as api:
        resource, key = find(api, record)
        found = resource.transitions(key)
    if as_json:
        output.as_json(found)
    else:
        output.table(found["allowed_actions"], ["action", "to", "allowed", "reason", "requires"])


def history(record: Record, as_json: Json = False) -> None:
    """Show who changed a record when, the latest change first."""
    with connect() as api:
        resource, key = find(api, record)
        lines = resource.history(key)
    if as_json:
        output.as_json(lines)
        return
    fields = ([change["pointer"] for change in line["changes"]] for line in lines)
    rows = [{**line, "by": line["by"]["name"], "fields": named} for line, named in zip(lines, fields, strict=True)]
    output.table(rows, ["version", "at", "by", "action", "reason", "fields"])


def _of_version(address: str, key: str, version: int | None) -> Any:
    return key if version is None else {"version": version, "links": {"self": address}}


def _show(found: Any, as_json: bool) -> None:
    (output.as_json if as_json else output.record)(found)
