"""The contract describes every shape: nothing lacks a description, a type or an example."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from deploy.matrix.contract import SPECS, description
from shared.web.contract.contract import STATES
from shared.web.contract.sharing import opened, whole_of

_ADDS_NOTHING = {"type": "object", "additionalProperties": True}
"""The second schema of one that extends another, for generators of clients."""
DOCUMENTS: dict[str, Any] = {path.stem: description(path.stem) for path in sorted(SPECS.glob("*.json"))}
SERVICES = sorted(DOCUMENTS)
_JOB = "#/components/schemas/Job"
_ANY_KEYS = {
    "ContributionVersion.references": "CSL JSON",
    "VersionCreate.references": "CSL JSON",
    "Factor.options": "JSON of WebAuthn",
    "FactorFields.credential": "JSON of WebAuthn",
    "Job.result": "what the operation that was ordered says",
    "JsonWebKey": "members that the type of the key asks for",
    "OfferedAction.fields_schema": "a JSON Schema",
    "OpenTransition.fields": "what any transition takes",
    "PendingTransition.fields": "what any transition takes",
    "ProposedSecret.fields": "what any transition takes",
}
"""The only objects with arbitrary members."""


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        for operation in path.values():
            yield operation["operationId"], operation


def _schemas(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema of the components and of bodies, with its name."""
    yield from document["components"]["schemas"].items()
    for name, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield name, content["schema"]


def _parts(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and each schema within it."""
    yield name, schema
    for key in ("anyOf", "allOf"):
        for branch in schema.get(key, ()):
            if branch != _ADDS_NOTHING:
                yield from _parts(name, branch)
    for member, part in schema.get("properties", {}).items():
        yield from _parts(f"{name}.{member}", part)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _parts(name, schema[key])


@pytest.mark.parametrize("service", SERVICES)
def test_everything_is_described(service: str) -> None:
    document = DOCUMENTS[service]
    undescribed = [name for name, operation in _operations(document) if not operation.get("description")]
    for name, operation in _operations(document):
        given = [part for part in operation.get("parameters", ()) if "$ref" not in part]
        undescribed += [f"{name}?{part['name']}" for part in given if not part.get("description")]
    for name, schema in document["components"]["schemas"].items():
        undescribed += [] if schema.get("description") or name.startswith("Body_") else [name]
        undescribed += [
            f"{name}.{key}" for key, part in schema.get("properties", {}).items() if not part.get("description")
        ]
    assert undescribed == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_part_is_of_an_unknown_type(service: str) -> None:
    typed = ("type", "$ref", "anyOf", "allOf", "enum", "const")
    unknown = set()
    for name, schema in _schemas(DOCUMENTS[service]):
        for part_name, part in _parts(name, schema):
            is_any_value = part_name.split(".")[0] in ("Change", "EditedField", "DifferingField")
            if not any(key in part for key in typed) and not is_any_value:
                unknown.add(part_name)
            kinds = part.get("type", ()) if isinstance(part.get("type"), list) else (part.get("type"),)
            has_members = {"properties", "patternProperties"} & part.keys()
            has_members = has_members or isinstance(part.get("additionalProperties"), dict)
            if "object" in kinds and not has_members and part_name not in _ANY_KEYS:
                unknown.add(part_name)
            if "array" in kinds and not part.get("items"):
                unknown.add(part_name)
    assert unknown == set()


@pytest.mark.parametrize("service", SERVICES)
def test_states_and_verbs_are_open_lists_of_values(service: str) -> None:
    schemas = DOCUMENTS[service]["components"]["schemas"]
    records = {
        name: schema
        for name, schema in schemas.items()
        if {"ref", "visibility", "status"} <= whole_of(DOCUMENTS[service], schema)["properties"].keys()
    }
    closed = [name for name, schema in records.items() if not schema["properties"]["status"].get(STATES)]
    for name, operation in _operations(DOCUMENTS[service]):
        if name.startswith(("transition", "bulkTransition")):
            body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            action = schemas[body]["properties"]["action"]
            closed += [body] if STATES not in action and "examples" in action else []
    assert closed == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_patch_has_a_type_whose_fields_may_all_be_absent_or_null(service: str) -> None:
    schemas = DOCUMENTS[service]["components"]["schemas"]
    for name, operation in _operations(DOCUMENTS[service]):
        content = operation.get("requestBody", {}).get("content", {}).get("application/merge-patch+json")
        if content:
            patch = schemas[content["schema"]["$ref"].rpartition("/")[2]]
            assert patch["properties"], name
            assert "required" not in patch, name
            assert [key for key, part in patch["properties"].items() if not _may_be_null(part)] == []


def _may_be_null(schema: dict[str, Any]) -> bool:
    return {"type": "null"} in schema.get("anyOf", ()) or "null" in schema.get("type", ())


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_may_return_any_problem(service: str) -> None:
    without = [name for name, operation in _operations(DOCUMENTS[service]) if "default" not in operation["responses"]]
    assert without == []


def _bodies(service: str) -> Iterator[tuple[str, TypeAdapter[Any], Any]]:
    document = DOCUMENTS[service]
    for route in import_module(f"services.{service}.app").create_app().routes:
        if isinstance(route, APIRoute) and route.body_field and route.path_format in document["paths"]:
            (method,) = route.methods or ()
            content = document["paths"][route.path_format][method.lower()]["requestBody"]["content"]
            schema = content.get("application/json", {}).get("schema", {})
            if "$ref" in schema:
                (example,) = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["examples"]
                yield str(route.operation_id), TypeAdapter(route.body_field.field_info.annotation), example


@pytest.mark.parametrize("service", ["access", "actions", "centres", "membership"])
def test_the_example_of_a_body_is_taken(service: str) -> None:
    checked = 0
    for name, adapter, example in _bodies(service):
        try:
            adapter.validate_python(example)
        except ValueError as error:
            pytest.fail(f"{name}: {error}")
        checked += 1
    assert checked > 5


@pytest.mark.parametrize("service", ["actions", "centres", "membership"])
def test_an_event_of_a_job_says_that_its_data_are_the_job(service: str) -> None:
    streams = [
        operation["responses"]["200"]["content"]["text/event-stream"]["schema"]
        for name, operation in _operations(DOCUMENTS[service])
        if name.endswith("JobEvents")
    ]
    assert [stream["properties"]["data"]["contentSchema"] for stream in streams] == [{"$ref": _JOB}]
    assert [stream["required"] for stream in streams] == [["id", "event", "data"]]


def _choices(service: str, schema: dict[str, Any]) -> list[str]:
    """The values of a schema, of its items or of one of its alternatives, if the list is closed."""
    schema = opened(DOCUMENTS[service], schema)
    own = schema.get("enum") or schema.get(STATES) or []
    parts = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    return own or next((found for part in parts if (found := _choices(service, part))), [])


def _lists(service: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each list with its response and the schema of its items."""
    for name, operation in _operations(DOCUMENTS[service]):
        response = opened(DOCUMENTS[service], operation["responses"].get("200", {}))
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        items = opened(DOCUMENTS[service], schema).get("properties", {}).get("items", {}).get("items")
        if name.startswith("list") and items:
            yield name, {**operation, "schema": schema}, opened(DOCUMENTS[service], items)


@pytest.mark.parametrize("service", SERVICES)
def test_a_closed_list_of_values_is_one_in_its_filter_too(service: str) -> None:
    checked = 0
    for name, operation, item in _lists(service):
        for given in operation.get("parameters", ()):
            parameter = opened(DOCUMENTS[service], given)
            values = _choices(service, whole_of(DOCUMENTS[service], item)["properties"].get(parameter["name"], {}))
            if values:
                assert _choices(service, parameter["schema"]), f"{name}?{parameter['name']}: {values}"
                checked += 1
    assert checked > 3 or service == "portal"


@pytest.mark.parametrize("service", SERVICES)
def test_bodies_and_pages_are_named_by_what_they_are_of(service: str) -> None:
    assert [name for name, operation, _ in _lists(service) if not operation["schema"]["$ref"].endswith("Page")] == []
    schemas = DOCUMENTS[service]["components"]["schemas"]
    for name, operation in _operations(DOCUMENTS[service]):
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        made = operation["responses"].get("201", {}).get("content", {}).get("application/json", {}).get("schema", {})
        record = made.get("$ref", "").rpartition("/")[2]
        if (
            name.startswith("create")
            and body
            and "ref" in whole_of(DOCUMENTS[service], schemas.get(record, {}))["properties"]
        ):
            assert body == f"{record}Create"


@pytest.mark.parametrize("service", SERVICES)
def test_each_operation_says_something_of_its_own_and_what_comes_back(service: str) -> None:
    said: dict[str, set[str]] = {}
    for name, operation in _operations(DOCUMENTS[service]):
        said.setdefault(operation["description"], set()).add(name)
        for status, response in operation["responses"].items():
            assert status[0] != "2" or response.get("description") != "Successful Response", name
        assert not operation["summary"].endswith(" records")
        assert "{" not in operation["description"]
    assert [names for names in said.values() if len(names) > 1] == []
