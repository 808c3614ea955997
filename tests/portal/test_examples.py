"""The recorded examples of the contract are of the resource that they stand for."""

import re
from importlib import import_module
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from deploy.matrix.contract import description
from shared.web.contract.contract import STATES
from shared.web.contract.sharing import opened
from tests.support.recorded import examples_of, items_of

SERVICES = ("access", "actions", "centres", "membership")


def _models(service: str) -> dict[str, type[BaseModel]]:
    """The model of each read of JSON, by its address."""
    models = {}
    for route in import_module(f"services.{service}.app").create_app().routes:
        if isinstance(route, APIRoute) and route.include_in_schema and "GET" in (route.methods or ()):
            model = route.responses.get(200, {}).get("model") or route.response_model
            if isinstance(model, type) and issubclass(model, BaseModel):
                models[route.path_format] = model
    return models


RESOURCES = {
    (service, name): (path, models[path])
    for service, models in ((service, _models(service)) for service in SERVICES)
    for (_, name), path in items_of(models).items()
}


def _verbs(service: str, path: str) -> set[str]:
    """The verbs of the resource, as the contract shows them."""
    document = description(service)
    step = document["paths"].get(f"{path}/transitions", {}).get("post")
    if step is None:
        return set()
    reference = step["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    action = document["components"]["schemas"][reference.rpartition("/")[2]]["properties"]["action"]
    return set(action.get(STATES, ()))


def test_there_is_one_example_for_each_resource() -> None:
    recorded = {(service, name) for service in SERVICES for name in examples_of(service)}
    assert recorded == set(RESOURCES)


@pytest.mark.parametrize(("service", "name"), RESOURCES)
def test_an_example_is_a_response_of_its_resource(service: str, name: str) -> None:
    path, model = RESOURCES[service, name]
    example = examples_of(service)[name]
    model.model_validate(example)
    assert example.keys() <= {field.alias or key for key, field in model.model_fields.items()}
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), example["links"]["self"])
    offered = example.get("allowed_actions") or []
    assert {one["action"] for one in offered} <= _verbs(service, path)
    states = model.model_json_schema()["properties"].get("status", {}).get(STATES)
    assert states is None or {example["status"], *(one["to"] for one in offered)} <= set(states)


def test_no_two_resources_have_refs_of_one_prefix() -> None:
    prefixes: dict[str, set[str]] = {}
    for service, name in RESOURCES:
        prefixes.setdefault(examples_of(service)[name]["ref"].partition("-")[0], set()).add(name)
    assert {prefix: names for prefix, names in prefixes.items() if len(names) > 1} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_the_contract_shows_them(service: str) -> None:
    document: dict[str, Any] = description(service)
    for name, example in examples_of(service).items():
        path, _ = RESOURCES[service, name]
        content = opened(document, document["paths"][path]["get"]["responses"]["200"])["content"]["application/json"]
        (shown,) = document["components"]["schemas"][name]["examples"]
        assert content.get("example", shown) == example
