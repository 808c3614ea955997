"""A run with a tier fails for an item that is not marked as long and costs too much, and for no other."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_conventions import ROOT

_STRICT = """
from tests.support import costs

costs._MOST = 0.05
costs._SLOWER = {slower}
"""
_ITEMS = """
import time

import pytest

_seen = []


def test_slow():
    began = time.process_time()
    while time.process_time() < began + 0.2:
        pass


def test_slow_once():
    if not _seen:
        _seen.append(1)
        time.sleep(0.1)


@pytest.mark.long("sleeps")
def test_long():
    time.sleep(0.1)


def test_quick():
    pass
"""


def _run(folder: Path, *options: str, slower: int = 1_000) -> subprocess.CompletedProcess[str]:
    (folder / "strict.py").write_text(_STRICT.format(slower=slower))
    (folder / "test_items.py").write_text(_ITEMS)
    plugins = ("no:randomly", "no:xdist", "no:cacheprovider", "tests.support.costs", "strict")
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        "/dev/null",
        *(word for one in plugins for word in ("-p", one)),
    ]
    return subprocess.run(
        [*words, *options, str(folder)],
        env={"PYTHONPATH": f"{ROOT}:{folder}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long("runs pytest")
def test_what_is_slow_twice_and_not_marked_fails(tmp_path: Path) -> None:
    done = _run(tmp_path, "--tier=test")
    assert done.returncode == 1, done.stdout
    failed = [line.split("::")[1] for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert [name.split()[0] for name in failed] == ["test_slow"]
    assert "make it cheaper, or mark it as long" in done.stdout
    assert "CPU seconds of" in done.stdout


@pytest.mark.long("runs pytest")
def test_a_slower_core_is_said_and_times_are_not_judged(tmp_path: Path) -> None:
    done = _run(tmp_path, "--tier=test", slower=0)
    assert done.returncode == 0, done.stdout
    assert "(not judged, it is slower)" in done.stdout


@pytest.mark.long("runs pytest")
def test_without_a_tier_nothing_is_compared(tmp_path: Path) -> None:
    assert _run(tmp_path).returncode == 0
