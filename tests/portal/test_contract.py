"""The published contract matches the code."""

import json
from importlib import import_module

import pytest

from deploy.matrix.contract import SPECS, description
from shared.web.contract.openapi import merged

MOST_BYTES = 2_000_000
"""Of all documents."""


@pytest.mark.parametrize("service", ["membership", "centres", "actions", "access", "portal"])
def test_the_committed_description_is_todays(service: str) -> None:
    app = import_module(f"services.{service}.app").create_app()
    assert description(service) == json.loads(json.dumps(app.openapi())), "run `make openapi` and commit what it writes"


def test_they_are_small() -> None:
    """Repeated parts are components; else the reference is slow and a client's generator too."""
    assert sum(path.stat().st_size for path in SPECS.glob("*.json")) <= MOST_BYTES


def test_the_descriptions_join_into_one() -> None:
    documents = [json.loads(path.read_text()) for path in sorted(SPECS.glob("*.json"))]
    whole = merged(documents, title="All", description="")
    assert len(whole["paths"]) == sum(len(document["paths"]) for document in documents)
