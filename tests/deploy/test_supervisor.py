"""Supervision of small programs."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from deploy.local.child import Program, Stage
from deploy.local.errors import LocalStackError
from deploy.local.processes import Identity
from deploy.local.supervisor import Supervisor, stop_leftovers
from tests.deploy.standins import sleeper

_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
_SUPERVISING = """
import asyncio, sys
from pathlib import Path
from deploy.local.supervisor import Supervisor
from tests.deploy.standins import sleeper

async def main(folder):
    supervisor = Supervisor(folder, folder / "processes.json")
    await supervisor.start([sleeper("one"), sleeper("two")])
    print("started", flush=True)
    await asyncio.sleep(600)

asyncio.run(main(Path(sys.argv[1])))
"""


def _says(log: Path, word: str) -> Callable[[], Awaitable[bool]]:
    async def said() -> bool:
        return word in await asyncio.to_thread(log.read_text)

    return said


async def test_children_stop_in_order_of_who_needs_whom(tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    note = f"import signal, sys, time\ndef end(*_):\n  open({str(ends)!r}, 'a').write(NAME + ' '); sys.exit()\n"
    note += "signal.signal(signal.SIGTERM, end); print('on', flush=True); time.sleep(600)"
    supervisor = Supervisor(tmp_path, tmp_path / "processes.json")
    programs = []
    for name, stage in (("valkey", Stage.VALKEY), ("app", Stage.APPS), ("relay", Stage.RELAY), ("w", Stage.WORKERS)):
        log = tmp_path / f"{name}.log"
        command = [sys.executable, "-c", f"NAME = {name!r}\n{note}"]
        programs.append(Program(name, command, stage, {}, ready=_says(log, "on")))
    await supervisor.start(programs)
    await supervisor.stop()
    assert ends.read_text().split() == ["app", "w", "relay", "valkey"]


@pytest.mark.long("waits until a child is killed")
async def test_a_child_that_ignores_the_signal_or_is_suspended_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path / "processes.json")
    log = tmp_path / "deaf.log"
    deaf = Program("deaf", [sys.executable, "-c", _DEAF], Stage.APPS, {}, ready=_says(log, "deaf"))
    await supervisor.start([deaf, sleeper("suspended")])
    identities = [Identity.of(pid) for pid in supervisor.pids.values()]
    os.kill(supervisor.pids["suspended"], signal.SIGSTOP)
    await supervisor.stop()
    assert all(identity and not identity.alive() for identity in identities)


@pytest.mark.long("waits for several starts")
async def test_a_program_that_never_works_fails_the_start_with_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path / "processes.json")

    async def never() -> bool:
        return False

    broken = Program("broken", [sys.executable, "-c", "exit('no such table')"], Stage.APPS, {}, ready=never)
    with pytest.raises(LocalStackError, match=r"(?s)broken ended with status 1.*no such table"):
        await supervisor.start([broken], within=20)
    await supervisor.stop()


async def test_grandchildren_go_with_their_session(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    supervisor = Supervisor(tmp_path, tmp_path / "processes.json")
    log = tmp_path / "parent.log"
    parent = Program("parent", [sys.executable, "-c", code], Stage.APPS, {}, ready=_says(log, "\n"))
    await supervisor.start([parent])
    grandchild = Identity.of(int(log.read_text()))
    await supervisor.stop()
    assert grandchild is not None
    assert grandchild.gone_within(5)


def test_children_go_with_a_killed_supervisor_or_at_the_next_start(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SUPERVISING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        record = json.loads((tmp_path / "processes.json").read_text())["processes"]
        process.kill()
    children = [Identity(pid, started) for pid, started in record.values()]
    if sys.platform == "linux":
        assert all(child.gone_within(5) for child in children)
    stop_leftovers(tmp_path / "processes.json")
    assert not any(child.alive() for child in children)


def test_leftovers_of_this_folder_are_stopped_and_strangers_are_not(tmp_path: Path) -> None:
    with subprocess.Popen(sleeper().command) as left, subprocess.Popen(sleeper().command) as stranger:
        identity = Identity.of(left.pid)
        assert identity is not None
        found = tmp_path.stat()
        record = {
            "folder": [found.st_dev, found.st_ino],
            "processes": {"left": [left.pid, identity.started], "stranger": [stranger.pid, "another time"]},
        }
        (tmp_path / "processes.json").write_text(json.dumps(record))
        assert stop_leftovers(tmp_path / "processes.json") == ["left"]
        assert stranger.poll() is None
        stranger.kill()


def test_the_record_in_a_copied_folder_names_nobody_to_stop(tmp_path: Path) -> None:
    with subprocess.Popen(sleeper().command) as other:
        identity = Identity.of(other.pid)
        assert identity is not None
        record = {"folder": [0, 0], "processes": {"other": [other.pid, identity.started]}}
        (tmp_path / "processes.json").write_text(json.dumps(record))
        assert stop_leftovers(tmp_path / "processes.json") == []
        assert other.poll() is None
        other.kill()


async def test_a_dead_child_is_started_again(tmp_path: Path) -> None:
    changes: list[int] = []
    supervisor = Supervisor(tmp_path, tmp_path / "processes.json", on_change=lambda: changes.append(1))
    await supervisor.start([sleeper()])
    first = supervisor.pids["sleeper"]
    os.kill(first, signal.SIGKILL)
    for _ in range(100):
        await asyncio.sleep(0.05)
        if len(changes) > 1:
            break
    assert supervisor.pids["sleeper"] != first
    await supervisor.stop()
