"""Journeys run against the whole system."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.paths.world import World
from tests.support.running import running, secretariat

__all__ = ["running", "secretariat"]


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.long("uses the whole system"))


@pytest.fixture(scope="module")
def world(running: dict[str, Any]) -> Iterator[World]:
    world = World(running)
    yield world
    world.close()
