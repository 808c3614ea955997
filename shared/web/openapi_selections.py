"""What `fields=` leaves of a record or of the items of a page, as schemas of the contract."""

from typing import Any

_PREFIX = "#/components/schemas/"


def add_selection(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Describes that the response is the whole record or page, or with `fields=` a selection of its members."""
    content = operation["responses"]["200"]["content"]["application/json"]
    whole = content["schema"]
    content["schema"] = {"anyOf": [whole, {"$ref": f"{_PREFIX}{_selection(_name(whole), schemas)}"}]}


def _selection(name: str, schemas: dict[str, Any]) -> str:
    """The name of the schema that has the members of a record, of which only the id is always there; of a page, the one
    with such records."""
    selected = f"Selected{name}"
    if selected not in schemas:
        schema = schemas[name]
        if "items" in schema["properties"]:
            items = schema["properties"]["items"]
            reference = {"$ref": f"{_PREFIX}{_selection(_name(items['items']), schemas)}"}
            members = {**schema["properties"], "items": {**items, "items": reference}}
            schemas[selected] = _titled(schema, selected, properties=members)
        else:
            schemas[selected] = _titled(schema, selected, required=sorted({"id"} & {*schema["required"]}))
    return selected


def _titled(schema: dict[str, Any], name: str, **changed: Any) -> dict[str, Any]:
    described = {"title": name, "description": f"{schema['description']} Only what `fields` names, and the id."}
    return {**schema, **described, **changed}


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).removeprefix(_PREFIX)
