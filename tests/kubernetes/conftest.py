"""The chart, rendered once for each file of values."""

from functools import cache
from typing import Any

import pytest
import yaml

from tests.kubernetes import helm

KINDS_OF_VALUES = ("operators", "external", "trial")


@cache
def _rendered(values: str) -> list[dict[str, Any]]:
    outcome = helm.template(values)
    assert outcome.succeeded, outcome.text
    return [each for each in yaml.safe_load_all(outcome.text) if each]


@pytest.fixture(scope="session", params=KINDS_OF_VALUES)
def rendered(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """The objects for one file of values after the other, without the Job."""
    return [each for each in _rendered(request.param) if each["kind"] != "Job"]


@pytest.fixture(scope="session")
def everything() -> list[dict[str, Any]]:
    """The objects of the values that have all operators."""
    return [each for each in _rendered("operators") if each["kind"] != "Job"]


@pytest.fixture(scope="session", params=KINDS_OF_VALUES)
def job(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The Job of the migration."""
    (found,) = (each for each in _rendered(request.param) if each["kind"] == "Job")
    return found
