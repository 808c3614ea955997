"""The published contract, which `tests/portal/test_contract.py` compares with the code."""

import json
from functools import cache
from pathlib import Path
from typing import Any

SPECS = Path(__file__).parents[2] / "services" / "portal" / "specs"


@cache
def description(service: str) -> dict[str, Any]:
    """The service's OpenAPI document."""
    document: dict[str, Any] = json.loads((SPECS / f"{service}.json").read_text())
    return document
