"""The contract of all services as one document, and the same for validators."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import orjson

from shared.web.contract.openapi import merged, render
from shared.web.contract.sharing import opened

DESCRIPTION = "Membership, centres, actions and access of the secretariat, described as one."
_JSON = "application/json"
_FIELDS = {"$ref": "#/components/parameters/fields"}


@cache
def merged_document() -> bytes:
    """The committed descriptions of all services as one OpenAPI document."""
    return merge_folder(files("services.portal").joinpath("specs"))


def merge_folder(folder: Traversable) -> bytes:
    """The descriptions in a folder (`<service>.json`) as one document. Raises ValueError if two of them contradict each
    other."""
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name
    )
    documents = [orjson.loads(entry.read_bytes()) for entry in entries]
    return render(merged(documents, title="ESCM", description=DESCRIPTION))


@cache
def document_for_validators() -> bytes:
    """The contract, in which no member of a record is required where `fields` selects them: it admits each response."""
    document: dict[str, Any] = orjson.loads(merged_document())
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        read = path.get("get", {})
        if _FIELDS in read.get("parameters", ()):
            response = opened(document, read["responses"]["200"])
            name = _name_of(response["content"][_JSON]["schema"])
            schemas[f"{name}.selected"] = _selected(schemas, name)
            content = {**response["content"], _JSON: {"schema": _reference(f"{name}.selected")}}
            read["responses"]["200"] = {**response, "content": content}
    return orjson.dumps(document)


def _selected(schemas: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of a page whose records have only some members, or of such a record."""
    whole = schemas[name]
    if "items" not in whole["properties"]:
        bases = [_name_of(part) for part in whole.get("allOf", ()) if "$ref" in part]
        schemas |= {f"{base}.selected": _selected(schemas, base) for base in bases}
        inherited = {"allOf": [_reference(f"{base}.selected") for base in bases]} if bases else {}
        return {**{member: part for member, part in whole.items() if member != "required"}, **inherited}
    record = _name_of(whole["properties"]["items"]["items"])
    schemas[f"{record}.selected"] = _selected(schemas, record)
    records = {**whole["properties"]["items"], "items": _reference(f"{record}.selected")}
    return {**whole, "properties": {**whole["properties"], "items": records}}


def _name_of(schema: Mapping[str, str]) -> str:
    return schema["$ref"].rpartition("/")[2]


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
