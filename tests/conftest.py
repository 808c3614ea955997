"""Common fixtures: servers on request, the event loop of the product, and which process runs which tests."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
import uvloop
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

pytest_plugins = [
    "tests.support.costs",
    "tests.support.stack",
    "tests.support.stack_network",
    "tests.support.mailbox",
]
_PROJECT = Path(__file__).parents[1]
_APART = ("access", "actions", "centres", "faults", "systems")
"""Folders whose modules are shared out, so that they end sooner. Those below with fixtures of their own are not."""
_SPARSE = str(Path("tests/centres"))
"""Its tests take some 380 countries, and a database has 245: no process has more than its share while there is other
work."""


class _ByFolder(LoadScopeScheduling):
    """Gives a process the tests of a folder, which share its apps and databases. The folders with most tests begin."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if _is_apart(_folder(nodeid)) else _folder(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        waiting = self.workqueue
        if next(iter(waiting)).startswith(_SPARSE) and self._has_its_share(node):
            other = next((scope for scope in waiting if not scope.startswith(_SPARSE)), None)
            if other is not None:
                waiting.move_to_end(other, last=False)
        super()._assign_work_unit(node)

    def _has_its_share(self, node: WorkerController) -> bool:
        """Whether a process has as many of the sparse tests as each would get."""
        given = _sparse(self.assigned_work.get(node, {}))
        everywhere = sum(map(_sparse, self.assigned_work.values())) + _sparse(self.workqueue)
        return given * self.numnodes > everywhere


def _sparse(units: Mapping[str, Mapping[str, bool]]) -> int:
    return sum(len(tests) for scope, tests in units.items() if scope.startswith(_SPARSE))


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
