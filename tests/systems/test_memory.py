"""The memory of an idle system: it was 713 to 741 MB beside other work."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import eventually, system

_MOST = 800 * 10**6
"""Bytes of all processes of `escm up`, each page divided among the processes that have it."""
_WINDOW, _BUSY = 5.0, 0.1
"""Whoever takes less of a core than this for so many seconds is idle."""
_TICKS = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """The fields of a process in the order of proc(5), from its state on; none if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _processes(root: int) -> Iterator[int]:
    """A process and all that it and its children started."""
    parents = {int(path.name): _fields(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    above = {pid: int(fields[1]) for pid, fields in parents.items() if fields}
    waiting = [root]
    while waiting:
        yield (pid := waiting.pop())
        waiting += [child for child, parent in above.items() if parent == pid]


def _seconds(root: int) -> float:
    """The processor time of a process and all below it, with those that have ended."""
    return sum(sum(map(int, fields[11:15])) for pid in _processes(root) if (fields := _fields(pid))) / _TICKS


def _is_idle(root: int) -> bool:
    before, since = _seconds(root), time.monotonic()
    eventually(lambda: time.monotonic() - since >= _WINDOW)
    return _seconds(root) - before < _BUSY * (time.monotonic() - since)


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if _fields(pid) else []
    return b" ".join(words[:6]).decode(errors="replace")[-70:]


@pytest.mark.long("starts a system and waits until it is idle")
def test_an_idle_system_takes_no_more_memory_than_it_did() -> None:
    with system() as (described, _):
        (above,) = {int(_fields(described["processes"][name])[1]) for name in ("api", "background")}
        eventually(lambda: _is_idle(above))
        found = {pid: _memory(pid) for pid in _processes(above)}
        shown = "\n".join(
            f"{size / 10**6:6.1f} MB {_name(pid)}" for pid, size in sorted(found.items(), key=lambda one: -one[1])
        )
    assert sum(found.values()) <= _MOST, f"{sum(found.values()) / 10**6:.0f} MB:\n{shown}"
