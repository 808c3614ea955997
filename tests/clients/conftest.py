"""Clients are generated from the committed descriptions and call the whole running system."""

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from services.portal.reference.whole import merge_folder
from tests.clients.providers import Browser
from tests.clients.tools import GENERATED
from tests.support.running import running
from tests.support.waiting import PATIENCE

__all__ = ["description", "running"]


@pytest.fixture(scope="session")
def description() -> Path:
    """The merged description, in an empty folder for the generated files."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    GENERATED.mkdir()
    merged = GENERATED / "openapi.json"
    merged.write_bytes(merge_folder(files("services.portal").joinpath("specs")))
    return merged


@pytest.fixture
def browser() -> Iterator[Browser]:
    with httpx.Client(trust_env=False, timeout=PATIENCE, headers={"Accept": "text/html"}) as http:
        yield Browser(http)
