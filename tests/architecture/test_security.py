"""The claims of the page for security reviewers about the whole code, and the existence of the tests that it names."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.routing import APIRoute

from shared.web.request.route import EscmRoute

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "services/portal/specs").glob("*.json"))
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_HTTP_CLIENTS = frozenset({"httpcore", "httpx", "aiohttp", "requests", "urllib3", "http.client", "urllib.request"})
_SERVER_SETS = frozenset(
    {"id", "ref", "version", "created_at", "created_by", "updated_at", "updated_by", "allowed_actions"}
)
_TOKENS_PATHS = (
    "/access/v1/oauth/",
    "/access/v1/federation/",
    "/access/v1/.well-known/",
    "/.well-known/",
    "/access/v1/me",
)
_PAGES = (
    "/access/sign-in",
    "/access/factor",
    "/access/passkeys.js",
    "/access/consent",
    "/access/account",
    "/access/signed-out",
    "/access/device",
    "/access/break-glass",
)
"""Pages, which a cookie and the token of their form guard."""
_HEALTH = ("/livez", "/readyz")


@pytest.mark.long("reads every test")
def test_each_test_that_the_security_page_names_exists() -> None:
    named = _NAMED.findall((ROOT / "docs/reference/security.md").read_text())
    missing = [f"{path}::{name}" for path, name in named if name not in _tests_of(ROOT / path)]
    assert missing == []
    assert len(named) > 60


def test_each_of_the_ten_owasp_risks_has_a_test() -> None:
    page = (ROOT / "docs/reference/security.md").read_text()
    for number in range(1, 11):
        (row,) = re.findall(rf"^\| API{number}:2023 .*$", page, re.MULTILINE)
        assert _NAMED.search(row), row


def test_each_way_to_what_is_hidden_has_a_test() -> None:
    page = (ROOT / "docs/reference/security.md").read_text()
    section = page.partition("## How hidden records could be disclosed\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if not _NAMED.search(row)] == []
    assert len(rows) > 12


def _tests_of(path: Path) -> set[str]:
    if not path.exists():
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


def test_only_egress_opens_an_outside_address() -> None:
    """No service fetches an address from a caller: none has a client for it, except `shared.egress`, which opens those
    of the settings and checked ones, and `shared.reading`, which reads the API at the addresses of the settings."""
    files = [*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")]
    some = re.compile("|".join(_HTTP_CLIENTS))
    named = [path for path in files if some.search(path.read_text())]
    holders = [str(path.relative_to(ROOT)) for path in named if _HTTP_CLIENTS & set(_modules(path))]
    assert sorted(holders) == [
        *(f"shared/egress/{name}.py" for name in ("backend", "client", "sender")),
        "shared/reading/api.py",
    ]


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def test_routes_of_access_are_guarded_or_give_tokens() -> None:
    app = import_module("services.access.app").create_app()
    others = [
        route.path
        for route in app.routes
        if isinstance(route, APIRoute) and not isinstance(route, EscmRoute) and not route.path.endswith(_HEALTH)
    ]
    assert [path for path in others if not path.startswith((*_TOKENS_PATHS, *_PAGES))] == []


_TAKEN = {
    **{f"/{service}/v1/report_templates": {"version"} for service in ("centres", "actions")},
    "/actions/v1/contributions/{record}/errata": {"version"},
}
"""What a body takes under such a name, with another meaning: another name in responses (decision 95), or the number of
a version of a text."""


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_no_body_takes_what_the_server_sets_or_does_not_know(spec: Path) -> None:
    document = orjson.loads(spec.read_bytes())
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = _resolved(content.get("application/json", {}).get("schema", {}), document)
            if schema.get("type") == "array":
                schema = _resolved(schema["items"], document)
            if schema and method == "post":
                assert schema.get("additionalProperties") is False, path
                taken = schema.get("properties", {}).keys() - _TAKEN.get(path, set())
                assert not _SERVER_SETS & taken, path


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(document["components"]["schemas"][name]) if name else schema
