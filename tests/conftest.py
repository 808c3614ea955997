"""Common fixtures: servers on request, the event loop of the product, and which process runs which tests."""

import asyncio
from pathlib import Path

import pytest
import uvloop
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = [
    "tests.support.costs",
    "tests.support.stack",
    "tests.support.stack_network",
    "tests.support.mailbox",
]
_PROJECT = Path(__file__).parents[1]
_APART = ("access", "actions", "centres")
"""Folders whose modules are shared out: they end sooner, and there are not enough countries for all tests of centres
together. Those below them with fixtures of their own are not."""


class _ByFolder(LoadScopeScheduling):
    """Gives a process the tests of a folder, which share its apps and databases. The folders with most tests begin."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if _is_apart(_folder(nodeid)) else _folder(nodeid)


def _is_apart(folder: str) -> bool:
    _, service, *below = (*Path(folder).parts, "")
    has_fixtures = any(below) and (_PROJECT / folder / "conftest.py").exists()
    return service in _APART and not has_fixtures


def _folder(nodeid: str) -> str:
    return str(Path(nodeid.partition("::")[0]).parent)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFolder:
    return _ByFolder(config, log)


def pytest_configure() -> None:
    """Tests have the event loop of the product's processes. A factory of pytest-asyncio would be that of asynchronous
    tests alone, so that fixtures of the session would end with the next other test. Generated values may come
    slowly, as on a busy machine."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps the tests of a folder together, in whatever order they and the folders are."""
    places = {folder: place for place, folder in enumerate(dict.fromkeys(_folder(item.nodeid) for item in items))}
    items.sort(key=lambda item: places[_folder(item.nodeid)])
