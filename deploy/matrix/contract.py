"""The published contract, which `tests/portal/test_contract.py` compares with the code."""

import json
from functools import cache
from typing import Any

from deploy.local.folder import PROJECT

SPECS = PROJECT / "services" / "portal" / "specs"


@cache
def description(service: str) -> dict[str, Any]:
    """The service's OpenAPI document, as `make openapi` wrote it."""
    document: dict[str, Any] = json.loads((SPECS / f"{service}.json").read_text(encoding="utf-8"))
    return document
