"""Promise 35: the published contract is valid and does not break; generated clients compile and work."""

import json
import os
import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.clients.compatibility import breaks
from tests.clients.tools import GENERATED, HERE, node, python, run

SPECS = "services/portal/specs"
SERVICES = ("access", "actions", "centres", "membership", "portal")
_PROJECT = HERE.parents[1]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=_PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _base() -> str:
    """`CONTRACT_BASE`, the last release, or before the first one the last commit that describes something else."""
    if named := os.environ.get("CONTRACT_BASE") or _git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"):
        return named
    for commit in _git("rev-list", "-2", "HEAD", "--", SPECS).split():
        if _git("diff", "--stat", commit, "--", SPECS):
            return commit
    return "HEAD"


def test_the_linters_find_nothing():
    environment = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    descriptions = sorted((_PROJECT / SPECS).glob("*.json"))
    assert len(descriptions) == len(SERVICES)
    run(node("redocly"), "lint", "--config", "lint.yaml", *descriptions, environment=environment)
    run(node("spectral"), "lint", "--quiet", "--fail-severity", "hint", "--ruleset", "spectral.yaml", *descriptions)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_breaks_for_clients_of_the_last_description(service: str):
    base = _base()
    former = _git("show", f"{base}:{SPECS}/{service}.json")
    assert former, f"no description of {service} at {base}"
    found = breaks(json.loads(former), json.loads((_PROJECT / SPECS / f"{service}.json").read_text()))
    lines = (HERE / "accepted.txt").read_text().splitlines()
    accepted = [line for line in lines if line and not line.startswith("#")]
    unmeant = [fault for fault in found if not any(fnmatch(fault, pattern) for pattern in accepted)]
    assert unmeant == [], f"breaks for clients of {base}; undo them, or a new major"


@pytest.fixture(scope="module")
def compiled(description: Path) -> Path:
    """The folder of the TypeScript visits, compiled with the generated types and Zod schemas."""
    run(node("openapi-typescript"), description, "-o", GENERATED / "api.ts")
    run(node("openapi-ts"), "-i", description, "-o", GENERATED / "zod", "-p", "zod")
    run(node("tsc"), "-p", "tsconfig.json")
    return GENERATED / "js"


def test_the_typescript_client_compiles_and_works(running: dict[str, Any], compiled: Path):
    client = running["demo"]["clients"]["secretariat"]
    said = run(shutil.which("node") or "node", compiled / "visit.js", *_visit(running["base_url"], client))
    assert said == "visited\n"


def test_the_plain_client_has_types_for_its_first_list_and_its_first_create(running: dict[str, Any], compiled: Path):
    client = running["demo"]["clients"]["secretariat"]
    said = run(shutil.which("node") or "node", compiled / "plain.js", *_visit(running["base_url"], client))
    assert said == "listed and created\n"


def test_zod_schemas_parse_every_list_and_name_every_member(running: dict[str, Any], compiled: Path):
    client = running["demo"]["clients"]["secretariat"]
    said = run(shutil.which("node") or "node", compiled / "lists.js", *_visit(running["base_url"], client))
    lists, records = (int(number) for number in re.findall(r"\d+", said))
    assert lists > 25
    assert records > 50


def test_the_python_client_is_whole_and_works(running: dict[str, Any], description: Path):
    client = running["demo"]["clients"]["secretariat"]
    environment = {**os.environ, "PATH": f"{python('ruff').parent}:{os.environ['PATH']}"}
    target = GENERATED / "escm_client"
    command = (python("openapi-python-client"), "generate", "--path", description, "--config", "generator.yaml")
    run(*command, "--meta", "none", "--output-path", target, "--fail-on-warning", environment=environment)
    alone = {**os.environ, "MYPYPATH": str(GENERATED), "PYTHONPATH": str(GENERATED)}
    run(python("mypy"), "--strict", "--follow-imports", "silent", "visit.py", environment=alone)
    said = run(python("python"), "visit.py", *_visit(running["base_url"], client), environment=alone)
    assert said == "visited\n"


def _visit(base_url: str, client: dict[str, str]) -> tuple[str, str, str]:
    return base_url, client["id"], client["secret"]
