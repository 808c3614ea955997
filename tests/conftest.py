"""What every test has: servers of its own on request, no network beyond this machine, and room under the limits."""

import os

import pytest

pytest_plugins = ["tests.support.stack", "tests.support.stack_network"]
for _name in ("ESCM_CLIENT_REQUESTS", "ESCM_ACCOUNT_REQUESTS", "ESCM_ADDRESS_REQUESTS"):
    os.environ.setdefault(_name, "1000000")  # tests ask for more in a minute than callers may
_TOGETHER = {"imports", "journeys", "walls"}
"""Folders whose tests share what takes seconds to make: one process runs those of each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if (folder := item.path.parent.name) in _TOGETHER:
            item.add_marker(pytest.mark.xdist_group(folder))
