"""Journeys run against the whole system."""

import pytest

from tests.support.running import running, secretariat

__all__ = ["running", "secretariat"]


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.long("uses the whole system"))
