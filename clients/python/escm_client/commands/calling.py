"""What all commands share: who calls, which record is meant, and the status at the end."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from ..client import Api
from ..contract import RESOURCES
from ..errors import ApiError, Forbidden, NotAllowedNow, TryLater, Unauthenticated, VersionConflict
from ..resources import Collection, Service
from . import output, stored
from .refs import RESOURCES_BY_PREFIX

MISTAKE, REFUSED, LATER = 1, 2, 3
_WRONG_USAGE = 2


class Calls(TyperGroup):
    """The group of the commands. A failure prints what the system says and ends with its status."""

    def invoke(self, ctx: Any) -> object:
        try:
            return super().invoke(ctx)
        except ApiError as error:
            output.problem(error)
            raise typer.Exit(status_of(error)) from error
        except BrokenPipeError:  # `| head` has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None
        except (OSError, stored.NotSignedIn) as error:
            mistake(str(error))
        except typer.Exit:
            raise
        except Exception as error:
            if getattr(error, "exit_code", None) == _WRONG_USAGE:
                error.exit_code = MISTAKE  # type: ignore[attr-defined]
            raise


def status_of(error: ApiError) -> int:
    """The status for an error: 3 if it passes, 2 if the system refuses, else 1."""
    if isinstance(error, TryLater):
        return LATER
    return REFUSED if isinstance(error, Unauthenticated | Forbidden | NotAllowedNow | VersionConflict) else MISTAKE


def mistake(message: str) -> NoReturn:
    """Print it and end with 1."""
    output.err.print(f"error: {message}", markup=False)
    raise typer.Exit(MISTAKE)


def connect() -> Api:
    """The API, as whom the person has logged in."""
    return stored.connect()


def collection(api: Api, named: str) -> Collection[Any, Any, Any]:
    """`experts`, or `membership.experts` where two services have that name."""
    service, _, name = named.rpartition(".")
    found = [one for one in RESOURCES if one == named or (not service and one.endswith(f".{name}"))]
    if len(found) != 1:
        mistake(f"one of {', '.join(found)}" if found else f"there is no resource {named}")
    service, _, name = found[0].partition(".")
    resource: Collection[Any, Any, Any] = getattr(service_of(api, service), name)
    return resource


def service_of(api: Api, name: str) -> Service:
    """A service by its name."""
    found: Service = getattr(api, name)
    return found


def record_of(api: Api, named: str) -> tuple[Collection[Any, Any, Any], str]:
    """A record by its ref (`EXP-000123`), its address, or its resource and id (`experts/0199…`)."""
    if named.startswith("/"):
        return Collection(api.transport, named.rpartition("/")[0]), named
    resource, slash, key = named.rpartition("/")
    if slash:
        return collection(api, resource), key
    prefix = named.partition("-")[0].upper()
    if prefix not in RESOURCES_BY_PREFIX:
        mistake(f"{named} is no ref; name the resource, too: experts/{named}")
    return collection(api, RESOURCES_BY_PREFIX[prefix]), named


def filters_of(words: Iterable[str]) -> dict[str, str]:
    """`--country XA --status=active` as parameters of a list."""
    found: dict[str, str] = {}
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if not name.startswith("--") or len(name) == 2:
            mistake(f"{word} is no filter: write --name value")
        found[name[2:].replace("-", "_")] = value if equals else next(left, "true")
    return found


def fields_of(pairs: Iterable[str], file: Path | None) -> dict[str, Any]:
    """`name=value`, where a value may be JSON, over the JSON object in a file."""
    found: dict[str, Any] = dict(read_json(file)) if file else {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            mistake(f"{pair} is no field: write name=value")
        found[name] = _value(value)
    return found


def read_json(file: Path) -> Any:
    """The JSON in a file; `-` is standard input."""
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except ValueError as error:
        mistake(f"{file} is not JSON: {error}")


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def complete_resource(incomplete: str) -> list[str]:
    """The resources that a word may become."""
    short = {one.partition(".")[2] for one in RESOURCES}
    return sorted(one for one in (*short, *RESOURCES) if one.startswith(incomplete))


def complete_verb(ctx: typer.Context, incomplete: str) -> list[str]:
    """The verbs of the present state of the record; none if it cannot be read."""
    try:
        with connect() as api:
            resource, record = record_of(api, ctx.params["record"])
            possible: list[Mapping[str, Any]] = resource.transitions(record)["allowed_actions"]
    except Exception:
        return []
    return [one["action"] for one in possible if one["action"].startswith(incomplete)]
