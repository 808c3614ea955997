"""The recorded examples of the contract, one real response for each resource: `services/<service>/examples.json`.

`RECORD=1 .venv/bin/python -m pytest tests/journeys/test_responses.py -o norecursedirs= -k recorded` records again those
that differ in shape.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel

_SERVICES = Path(__file__).parents[2] / "services"
_CANDIDATES = 20
Look = Callable[[str], httpx.Response]
IS_RECORDING = os.environ.get("RECORD") == "1"


def file_of(service: str) -> Path:
    """The file of the examples of a service."""
    return _SERVICES / service / "examples.json"


def examples_of(service: str) -> dict[str, Any]:
    """The recorded examples of a service, by the name of their schema."""
    file = file_of(service)
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def service_of(path: str) -> str:
    """The service that answers an address."""
    return path.split("/")[1]


def items_of(models: Mapping[str, type[BaseModel]]) -> dict[tuple[str, str], str]:
    """The addresses of items, each by its service and the name of its schema: the shortest where there are several."""
    found: dict[tuple[str, str], str] = {}
    for path, model in sorted(models.items(), key=lambda entry: (entry[0].count("{"), entry[0])):
        if re.search(r"/\{\w+\}$", path) and {"id", "ref", "links"} <= set(model.model_fields):
            found.setdefault((service_of(path), model.__name__), path)
    return found


def fullest(look: Look, addresses: Iterator[str]) -> dict[str, Any] | None:
    """The item of these lists that has most members with a value, the shortest where several have."""
    responses = (look(address) for address in islice(addresses, _CANDIDATES))
    pages = [response.json()["items"][:_CANDIDATES] for response in responses if response.status_code == 200]
    return max((item for page in pages for item in page), key=_said, default=None)


def _said(item: Mapping[str, Any]) -> tuple[int, int]:
    return sum(value not in (None, [], {}) for value in item.values()), -len(json.dumps(item))


def differences(recorded: Mapping[str, Any] | None, taken: Mapping[str, Any]) -> list[str]:
    """How a recorded example differs in shape from a response of today: members, the prefix of the ref, the address."""
    if recorded is None:
        return ["is not recorded"]
    found = [f"has no {name}" for name in sorted(taken.keys() - recorded.keys())]
    found += [f"has {name}" for name in sorted(recorded.keys() - taken.keys())]
    if _prefix(recorded) != _prefix(taken):
        found.append(f"ref {recorded['ref']}, not {taken['ref']}")
    if _place(recorded) != _place(taken):
        found.append(f"links.self {recorded['links']['self']}, not {taken['links']['self']}")
    return found


def record(service: str, examples: Mapping[str, Any]) -> None:
    """Writes the examples of a service, one a line."""
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in sorted(examples.items()))
    file_of(service).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _prefix(item: Mapping[str, Any]) -> str:
    return str(item["ref"]).partition("-")[0]


def _place(item: Mapping[str, Any]) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", str(item["links"]["self"]))
