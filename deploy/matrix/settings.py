"""The settings of the system with their defaults, bounds and meaning, as a page of the manual, from the classes that
processes read."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from deploy.local.folder import PROJECT
from shared.configuration.settings import DEVELOPMENT_SECRET, Settings

FILE = PROJECT / "docs" / "reference" / "settings.md"
SERVICES = ("access", "membership", "centres", "actions", "portal")
_OF_EACH = frozenset({"pool_size", "database_password"})
"""Fields that each service has under its own name."""
_HEAD = """# Settings

Written by `make matrix` from the code; a test compares it. `escm settings`, or `escm settings membership`, shows the
values that a process would have in this environment, and where each is from.

Set environment variables. `NAME_FILE` names a file that holds the value of `NAME`. A process does not start with an
unknown variable that begins with `ESCM_`.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: the environment `variable`, the `field` of the class that reads it, its `default` and `bounds` as
    text, and its `meaning`."""

    variable: str
    field: str
    default: str
    bounds: str
    meaning: str


def class_of(service: str) -> type[Settings]:
    """The class that the processes of a service read; that of the system without one."""
    if not service:
        return Settings
    found: type[Settings] = getattr(import_module(f"services.{service}.settings"), f"{service.capitalize()}Settings")
    return found


def settings_of(service: str) -> Iterator[Setting]:
    """The settings of one service that are not those of the whole system, or of the whole system without one."""
    of = class_of(service)
    meanings = _meanings(Settings) | _meanings(of)
    for name, field in of.model_fields.items():
        is_common = name in Settings.model_fields and not (name in _OF_EACH and of.has_secrets)
        if is_common == (service == ""):
            yield _setting(of, name, field, meanings.get(name, ""))


def shown(value: Any) -> str:
    """A value as text; of a secret only whether there is one."""
    match value:
        case SecretStr():
            secret = value.get_secret_value()
            return "the development secret" if secret == DEVELOPMENT_SECRET else "set" if secret else ""
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value))
        case BaseModel():
            return value.model_dump_json()
    return f"{value:g}" if isinstance(value, float) else str("" if value is None else value)


def render() -> bytes:
    """The bytes of the page."""
    parts = [_HEAD, _table("All processes", "")]
    parts += [_table(f"Service {service}", service) for service in SERVICES]
    return "\n".join(parts).encode()


def _meanings(of: type[Settings]) -> dict[str, str]:
    """The texts below the fields of a class. Only this page reads them: processes start without reading sources."""
    body = ast.parse(inspect.getsource(of)).body[0].body  # type: ignore[attr-defined]
    return {
        ast.unparse(field.target): " ".join(ast.literal_eval(text.value).split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }


def _setting(of: type[Settings], name: str, field: FieldInfo, meaning: str) -> Setting:
    variable = str(field.validation_alias or f"{of.model_config['env_prefix']}{name}".upper())
    return Setting(variable, name, shown(field.default), _bounds(field), meaning)


def _bounds(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{one}`" for one in get_args(field.annotation))
    found = {name: getattr(one, name) for one in field.metadata for name in ("gt", "ge", "le") if hasattr(one, name)}
    lowest = f"above {found['gt']:,}" if "gt" in found else f"{found['ge']:,}" if "ge" in found else ""
    highest = f"to {found['le']:,}" if "le" in found else "or more" if lowest else ""
    return f"{lowest} {highest}".strip()


def _table(title: str, service: str) -> str:
    lines = [f"## {title}", "", "| name | default | bounds | meaning |", "|---|---|---|---|"]
    for one in settings_of(service):
        default = f"`{one.default}`" if one.default else ""
        lines.append(f"| `{one.variable}` | {default} | {one.bounds} | {one.meaning} |")
    return "\n".join(lines) + "\n"
