"""Promise 45 in containers: a backup is written to a pipe, and restored from one."""

import subprocess

from tests.containers.compose import ROOT, Compose, Psql
from tests.containers.test_containers import _all_ready
from tests.faults.clients import Client
from tests.faults.history import History
from tests.support.waiting import eventually


def _operate(containers: Compose, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A command of operators, in the image of `migrate`, with pipes."""
    command = [*containers._command, "run", "--rm", "-T", "--no-deps", "migrate", *words]
    return subprocess.run(command, cwd=ROOT, env=containers._environment, input=given, capture_output=True, check=False)


async def test_a_backup_goes_out_and_comes_back(containers: Compose, client: Client, history: History) -> None:
    early, late = f"{history.prefix}early", f"{history.prefix}late"
    assert await history.attempt(early, client.create(early, key=early)) == "ok"
    made = _operate(containers, "backup", "-")
    assert made.returncode == 0, made.stderr
    assert (await client.create(late, key=late)).status_code == 201
    done = _operate(containers, "restore", "-", "--replace", "--yes", given=made.stdout)
    assert done.returncode == 0, done.stderr
    assert b"migrations: at" in done.stdout
    await eventually(lambda: _all_ready(client), within=60)
    assert await history.faults(Psql(containers)) == []
    refused = _operate(containers, "restore", "-", given=made.stdout)
    assert (refused.returncode, b"--replace" in refused.stderr) == (1, True)
    damaged = _operate(containers, "restore", "-", "--replace", given=made.stdout[: len(made.stdout) // 2])
    assert (damaged.returncode, b"no whole backup" in damaged.stderr) == (1, True)
    assert await history.faults(Psql(containers)) == []
