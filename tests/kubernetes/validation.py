"""Validates the objects in standard input, a JSON list, and writes what is wrong as a JSON list. Run by the environment
of this folder: `validation.py 1.37`. The schemas are those of Kubernetes, and of the operators in `schemas`; a field
that they do not know is wrong."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

_SCHEMAS = Path(__file__).parent / "schemas"


def _strict(schema: Any) -> Any:
    """The schema without unknown fields, as the API server checks by `fieldValidation=Strict`."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _strict(part) for name, part in schema.items()}
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" and not is_open:
        closed["additionalProperties"] = False
    return closed


def _faults(described: dict[str, Any], minor: str) -> Iterator[str]:
    group, _, version = described["apiVersion"].rpartition("/")
    file = _SCHEMAS / f"{group}_{version}_{described['kind']}.json"
    if not file.exists():
        try:
            kubernetes_validate.validate(described, minor, strict=True)
        except kubernetes_validate.ValidationError as fault:
            yield f"{fault.json_path}: {fault.message}"
        except kubernetes_validate.SchemaNotFoundError as unknown:
            yield unknown.message
        return
    schema = _strict(json.loads(file.read_text())["schema"])
    schema["properties"]["metadata"] = {"type": "object"}
    for fault in jsonschema.Draft202012Validator(schema).iter_errors(described):
        yield f"{fault.json_path}: {fault.message}"


def main(minor: str) -> None:
    """Write the faults for one minor version of Kubernetes."""
    found = [
        f"{each['kind']} {each['metadata']['name']}: {fault}"
        for each in json.load(sys.stdin)
        for fault in _faults(each, minor)
    ]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
