"""Common fixtures: servers on request, and no network beyond this machine."""

from pathlib import PurePath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.support.stack", "tests.support.stack_network", "tests.support.mailbox"]
_TOGETHER = {"authorization", "imports", "journeys"}
"""Folders whose tests share slow fixtures: one process runs those of each."""


class _ByFolder(LoadScopeScheduling):
    """Schedules single tests, or a whole folder of _TOGETHER, on a process."""

    def _split_scope(self, nodeid: str) -> str:
        folder = PurePath(nodeid.partition("::")[0]).parent.name
        return folder if folder in _TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFolder:
    return _ByFolder(config, log)
