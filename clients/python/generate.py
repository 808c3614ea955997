"""`python -m clients.python.generate`: writes the models of the client, one module a service, and what it asks the
contract for, from the committed OpenAPI descriptions. `make openapi` runs it; a test compares the files."""

import json
import keyword
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "escm_client"
SPECS = HERE.parents[1] / "services" / "portal" / "specs"
SERVICES = ("access", "actions", "centres", "membership")
_ANY = "dict[str, Any]"
_SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_COLLECTION = re.compile(r"/(\w+)/v1/(\w+)")
_ITEM = re.compile(r"\{\w+\}")
_WITHOUT_RECORDS = ("livez", "oauth", "readyz")
_HEAD = '''"""Bodies, responses and resources of {service}. Written by `clients.python.generate` from the contract."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ..resources import Collection, Service

'''
_CONTRACT = '''"""What the client asks the contract for. Written by `clients.python.generate`."""

from typing import TYPE_CHECKING, cast

from .resources import Service
from .transport import Transport

if TYPE_CHECKING:
{types}
VERSION = "{version}"
"""Of this client, and of the API that it was written for."""
RESOURCES = (
{resources})
"""The addresses right below those of the services."""


class Services:
    """The services, each with its resources."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
{services}'''

Schema = Mapping[str, Any]


def main() -> None:
    """Writes all files."""
    for name, text in files().items():
        (PACKAGE / name).write_text(text)


def files() -> dict[str, str]:
    """The text of each generated file, by its path in the package."""
    described = {service: json.loads((SPECS / f"{service}.json").read_text()) for service in SERVICES}
    models = {f"models/{service}.py": _module(service, description) for service, description in described.items()}
    return {**models, "contract.py": _contract(described)}


def _module(service: str, description: Schema) -> str:
    models = [_model(name, schema) for name, schema in sorted(description["components"]["schemas"].items())]
    models.sort(key=_imported)
    fields = [f"    {name}: {kind}\n" for name, kind in _collections(service, description)]
    named = f'class {service.capitalize()}Service(Service):\n    """The resources of {service}."""\n\n{"".join(fields)}'
    return _HEAD.format(service=service) + "\n\n".join([*models, named])


def _imported(model: str) -> int:
    """The order in which models are imported: those that extend or name others when they are, after these."""
    return 0 if "(TypedDict):" in model else 1 if model.startswith("class ") else 2


def _model(name: str, schema: Schema) -> str:
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{name} = {_type(schema)}\n"
    bases = ", ".join(filter(None, map(_reference, schema.get("allOf", ())))) or "TypedDict"
    required = set(schema.get("required", ()))
    kinds = {field: _type(one) for field, one in schema["properties"].items()}
    fields = {field: kind if field in required else f"NotRequired[{kind}]" for field, kind in kinds.items()}
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in fields):
        lines = [f"    {field}: {kind}\n" for field, kind in fields.items()]
        return f"class {name}({bases}):\n{''.join(lines) or '    pass' + chr(10)}"
    members = ", ".join(f'"{field}": {json.dumps(kind)}' for field, kind in fields.items())
    return f'{name} = TypedDict("{name}", {{{members}}})\n'


def _type(schema: Any) -> str:
    """The type in Python."""
    match schema:
        case {"$ref": str() as reference}:
            kind = reference.rpartition("/")[2]
        case {"anyOf": list() as choices}:
            kind = " | ".join(dict.fromkeys(map(_type, choices)))
        case {"enum": list() as values}:
            kind = f"Literal[{', '.join(map(json.dumps, values))}]"
        case {"type": [str() as one, "null"]}:
            kind = f"{_type({**schema, 'type': one})} | None"
        case {"type": "array"}:
            kind = f"list[{_type(schema.get('items'))}]"
        case {"type": "object"}:
            kind = f"dict[str, {_type(schema.get('additionalProperties'))}]"
        case {"type": str() as simple}:
            kind = _SIMPLE[simple]
        case _:
            kind = "Any"
    return kind


def _collections(service: str, description: Schema) -> Iterator[tuple[str, str]]:
    """The name and the type of each address right below that of the service."""
    schemas, paths = description["components"]["schemas"], description["paths"]
    root = f"/{service}/v1/"
    for name in sorted({path.removeprefix(root).partition("/")[0] for path in paths if path.startswith(root)}):
        if name in _WITHOUT_RECORDS:
            continue
        whole = paths.get(root + name, {})
        item: Schema = next(
            (one for path, one in paths.items() if _ITEM.fullmatch(path.removeprefix(f"{root}{name}/"))), {}
        )
        listed = _response(whole.get("get"))
        items = schemas.get(listed, {}).get("properties", {}).get("items", {}).get("items")
        record = _response(item.get("get")) or _reference(items) or listed or _ANY
        yield name, f"Collection[{record}, {_body(whole.get('post')) or _ANY}, {_body(item.get('patch')) or _ANY}]"


def _response(operation: Schema | None) -> str:
    content = (operation or {}).get("responses", {}).get("200", {}).get("content", {})
    return _reference(content.get("application/json", {}).get("schema"))


def _body(operation: Schema | None) -> str:
    content = (operation or {}).get("requestBody", {}).get("content", {})
    return next(filter(None, (_reference(media.get("schema")) for media in content.values())), "")


def _reference(schema: Schema | None) -> str:
    return str((schema or {}).get("$ref", "")).rpartition("/")[2]


def _contract(described: Mapping[str, Schema]) -> str:
    paths = {path: one for description in described.values() for path, one in description["paths"].items()}
    found = (_COLLECTION.fullmatch(path) for path in paths)
    resources = sorted(f"{one[1]}.{one[2]}" for one in found if one and one[2] not in _WITHOUT_RECORDS)
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    types = "".join(f"    from .models.{one} import {one.capitalize()}Service\n" for one in SERVICES)
    fields = "".join(
        f'        self.{one} = cast("{one.capitalize()}Service", Service("{one}", transport))\n' for one in SERVICES
    )
    listed = "".join(f"    {json.dumps(one)},\n" for one in resources)
    return _CONTRACT.format(version=project["version"], types=types, resources=listed, services=fields)


if __name__ == "__main__":
    main()
