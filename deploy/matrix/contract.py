"""The published contract, which `tests/portal/test_contract.py` compares with the code."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from deploy.local.folder import PROJECT
from deploy.local.services import SERVICES

SPECS = PROJECT / "services" / "portal" / "specs"


@cache
def description(service: str) -> dict[str, Any]:
    """The service's OpenAPI document, as `make openapi` wrote it."""
    document: dict[str, Any] = json.loads((SPECS / f"{service}.json").read_text(encoding="utf-8"))
    return document


class Described(NamedTuple):
    """An operation as the document of its service describes it. `method` is in lower case."""

    service: str
    path: str
    method: str
    described: dict[str, Any]
    document: dict[str, Any]


@cache
def described_operations() -> Mapping[str, Described]:
    """Every operation of every service by its id, in the order of the contract."""
    return {
        described["operationId"]: Described(service, path, method, described, description(service))
        for service in SERVICES
        for path, methods in description(service)["paths"].items()
        for method, described in methods.items()
    }
