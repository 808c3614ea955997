"""What tests cost: an item that is not marked `long` takes a second at most, and a tier stays within its budget.

An item that took more than two seconds runs again, and fails if it does so again: the first time may have included what
others left to do. The time that the process waited for a core does not count, and no item is judged on a machine that
is busy with other work, or that does not say so (only Linux does).

A budget is in CPU seconds of all processes of a run, the servers included, of the core that `[tool.escm.tests]` of
pyproject.toml was measured on: a slower core has more.
"""

import gc
import resource
import threading
import time
import tomllib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

_MOST = 2.0
_BUSY = 0.5
"""The share of waiting for a core above which nothing is judged."""
_GROWTH = 128
"""Mebibytes."""
_STATM = Path("/proc/self/statm")
_COLLECTED_AT = pytest.StashKey[int]()
_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


class _Spent:
    """The seconds of a block without those of waiting for a core, and the share of the latter."""

    def __enter__(self) -> "_Spent":
        self._began, self._waited = time.perf_counter(), _waited_for_core()
        return self

    def __exit__(self, *_: object) -> None:
        took, waited = time.perf_counter() - self._began, _waited_for_core() - self._waited
        self.seconds = took - waited
        self.is_judged = waited < _BUSY * took

    @property
    def is_over(self) -> bool:
        return self.is_judged and self.seconds > _MOST


def _waited_for_core() -> float:
    """Seconds for which this thread could have run and had no core; infinite if the kernel does not say."""
    try:
        words = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text().split()
    except OSError:
        return float("inf")
    return int(words[1]) / 1e9


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", help="the tier whose rule and budget this run must keep")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    with _Spent() as spent:
        try:
            return (yield)
        finally:
            item.stash[_SPENT] = spent


_SPENT = pytest.StashKey[_Spent]()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Collects garbage whenever the process has grown: the product's thresholds are for servers, which make little."""
    if _resident() > item.config.stash.get(_COLLECTED_AT, 0) + _GROWTH:
        gc.collect()
        item.config.stash[_COLLECTED_AT] = _resident()


def _resident() -> int:
    """Mebibytes of memory of this process; 0 if the kernel does not say."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() >> 20
    except OSError:
        return 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    result = yield
    first = item.stash.get(_SPENT, None)
    is_judged = item.config.getoption("--tier") and item.get_closest_marker("long") is None
    if is_judged and first is not None and first.is_over:
        runtestprotocol(item, log=False, nextitem=nextitem)
        if item.stash[_SPENT].is_over:
            _fail(item, f"took {first.seconds:.1f} s and {item.stash[_SPENT].seconds:.1f} s: make it cheaper, or long")
    return result


def _fail(item: pytest.Item, why: str) -> None:
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call")
    item.ihook.pytest_runtest_logreport(report=report)


def pytest_itemcollected(item: pytest.Item) -> None:
    for mark in item.iter_markers("long"):
        if len(mark.args) != 1 or not mark.args[0]:
            raise pytest.UsageError(f"{item.nodeid} says not why it is long")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, Any, None]:
    """Compares the CPU seconds of the run with the budget of its tier, after its servers have ended."""
    yield
    tier = session.config.getoption("--tier")
    if tier is None or hasattr(session.config, "workerinput"):
        return
    kept = tomllib.loads(_PROJECT.read_text())["tool"]["escm"]["tests"]
    budget, used = kept["budgets"][tier] * _core() / kept["core_ms"], _cpu_seconds()
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    terminal.write_line(
        f"{tier}: {used:.0f} CPU seconds of {budget:.0f}, {_largest()} MiB in a process of {kept['mebibytes']}"
    )
    is_over = used > budget or (tier == "test" and _largest() > kept["mebibytes"])
    if is_over and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _cpu_seconds() -> float:
    """Of this process and of all that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _largest() -> int:
    """Mebibytes that the largest process had at most."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


def _core() -> float:
    """Milliseconds of this core for a piece of Python: the least of five tries."""

    def once() -> float:
        began = time.process_time()
        sum(len(str({number: number})) for number in range(100_000))
        return (time.process_time() - began) * 1000

    return min(once() for _ in range(5))
