"""The published contract matches the code."""

import json
from importlib import import_module

import pytest

from deploy.matrix.contract import SPECS, description
from shared.web.contract.openapi import merged

MOST_BYTES = 3_100
"""Of an operation, with its share of the components."""
_METHODS = ("get", "post", "put", "patch", "delete")


@pytest.mark.parametrize("service", ["membership", "centres", "actions", "access", "portal"])
def test_the_committed_description_is_todays(service: str) -> None:
    app = import_module(f"services.{service}.app").create_app()
    assert description(service) == json.loads(json.dumps(app.openapi())), "run `make openapi` and commit what it writes"


def test_they_are_small() -> None:
    """Repeated parts are components; else the reference is slow and a client's generator too. The bound is for each
    operation, since more operations are more to describe: what they had when all documents were 2 MB, rounded up."""
    contents = [path.read_bytes() for path in SPECS.glob("*.json")]
    paths = [path for content in contents for path in json.loads(content)["paths"].values()]
    operations = sum(method in path for path in paths for method in _METHODS)
    assert sum(map(len, contents)) <= MOST_BYTES * operations


def test_the_descriptions_join_into_one() -> None:
    documents = [json.loads(path.read_text()) for path in sorted(SPECS.glob("*.json"))]
    whole = merged(documents, title="All", description="")
    assert len(whole["paths"]) == sum(len(document["paths"]) for document in documents)
