"""What tests cost: an item that is not marked `long` takes a second at most, and a tier stays within its budget.

An item that took more than two seconds runs twice more, and fails if it does so each time: once may have included what
others left to do. The times are divided by how much longer than it ran the thread waited for a core.

A budget is in CPU seconds of all processes of a run, the servers included, of the core that `[tool.escm.tests]` of
pyproject.toml was measured on.

Only a run with `--tier` compares, and no time is judged while the core is more than a tenth slower than that one: other
work on the machine, and other machines on its host, make all of it slower in ways that no factor describes. Memory does
not depend on the core.
"""

import gc
import resource
import time
import tomllib
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

_MOST = 2.0
"""Seconds."""
_SECONDS = pytest.StashKey[float]()
"""What the call of an item took, without other work of the machine."""
_GROWTH = 64
"""Mebibytes."""
_STATM = Path("/proc/self/statm")
_SCHEDULE = Path("/proc/thread-self/schedstat")
_COLLECTED_AT = pytest.StashKey[int]()
_CORE = pytest.StashKey[list[float]]()
"""Milliseconds of the core for a piece of Python, measured now and then during the run."""
_SLOWER = 1.1
"""How many times slower than the measured core one may be to be compared."""
_CORE_EVERY = 100
"""Items between two measurements."""
_RUN = pytest.StashKey[int]()
"""How many items have run."""
_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tier", help="the tier whose rule and budget this run must keep")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_CORE] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    began, ran, waited = time.perf_counter(), *_scheduled()
    try:
        return (yield)
    finally:
        took, (ran_later, waited_later) = time.perf_counter() - began, _scheduled()
        item.stash[_SECONDS] = took / (1 + (waited_later - waited) / max(ran_later - ran, 1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    result = yield
    is_judged = item.config.getoption("--tier") and item.get_closest_marker("long") is None
    first = item.stash.get(_SECONDS, 0.0)
    if is_judged and first > _MOST:
        again = min(_again(item, nextitem) for _ in range(2))
        if again > _MOST and _is_comparable(max(_core_ms() for _ in range(5))):
            _fail(item, f"took {first:.1f} s and at least {again:.1f} s twice: make it cheaper, or mark it as long")
    return result


def _again(item: pytest.Item, nextitem: pytest.Item | None) -> float:
    """Runs an item once more, and returns the seconds that it took."""
    item.stash[_SECONDS] = 0.0
    runtestprotocol(item, log=False, nextitem=nextitem)
    return item.stash[_SECONDS]


def _fail(item: pytest.Item, why: str) -> None:
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", why, "call")
    item.ihook.pytest_runtest_logreport(report=report)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Collects garbage whenever the process has grown: the product's thresholds are for servers, which make little. And
    measures the core."""
    item.config.stash[_RUN] = count = item.config.stash.get(_RUN, 0) + 1
    if count % _CORE_EVERY == 1:
        item.config.stash[_CORE].append(_core_ms())
    if _resident() > item.config.stash.get(_COLLECTED_AT, 0) + _GROWTH:
        gc.collect()
        item.config.stash[_COLLECTED_AT] = _resident()


def _resident() -> int:
    """Mebibytes of memory of this process; 0 if the kernel does not say."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() >> 20
    except OSError:
        return 0


def _scheduled() -> tuple[float, float]:
    """Nanoseconds that this thread ran, and that it waited for a core; never waited if the kernel does not say."""
    try:
        ran, waited, _ = _SCHEDULE.read_text().split()
        return float(ran), float(waited)
    except OSError:
        return float(time.thread_time_ns()), 0.0


def pytest_itemcollected(item: pytest.Item) -> None:
    for mark in item.iter_markers("long"):
        if len(mark.args) != 1 or not mark.args[0]:
            raise pytest.UsageError(f"{item.nodeid} says not why it is long")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Takes over what a process of the run has measured."""
    node.config.stash[_CORE] += getattr(node, "workeroutput", {}).get("core_ms", [])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, Any, None]:
    """Compares the CPU seconds of the run with the budget of its tier, after its servers have ended."""
    measured, tier = session.config.stash[_CORE], session.config.getoption("--tier")
    if is_worker := hasattr(session.config, "workeroutput"):
        session.config.workeroutput["core_ms"] = measured
    yield
    if is_worker or tier is None or not measured:
        return
    kept, core = _kept(), sum(measured) / len(measured)
    budget, used, is_judged = kept["budgets"][tier], _cpu_seconds(), _is_comparable(core)
    terminal: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    terminal.write_line(
        f"{tier}: {used:.0f} CPU seconds of {budget:.0f} on a core of {core:.1f} ms"
        f"{'' if is_judged else ' (not judged, it is slower)'}, {_largest()} MiB in a process of {kept['mebibytes']}"
    )
    is_over = (is_judged and used > budget) or (tier == "test" and _largest() > kept["mebibytes"])
    if is_over and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _is_comparable(core: float) -> bool:
    return bool(core <= _SLOWER * _kept()["core_ms"])


@cache
def _kept() -> dict[str, Any]:
    return dict(tomllib.loads(_PROJECT.read_text())["tool"]["escm"]["tests"])


def _cpu_seconds() -> float:
    """Of this process and of all that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _largest() -> int:
    """Mebibytes that the largest process had at most."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


def _core_ms() -> float:
    """Milliseconds of CPU that a piece of Python takes now."""
    began = time.process_time()
    sum(len(str({number: number})) for number in range(100_000))
    return (time.process_time() - began) * 1_000
