"""A real PgBouncer before the servers of a test session."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.account import Account
from deploy.local.folder import PROJECT, write_private
from deploy.local.ports import HOST, first_free, is_free
from shared.configuration.settings import DEVELOPMENT_SECRET
from tests.support.waiting import PATIENCE

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
POOLED = bool(os.environ.get("TEST_POOLER"))
"""Whether the apps of running systems reach the database through a pooler."""
_ROLES = ("membership", "centres", "actions", "access")
_PORTS = 27000


def free_port() -> int:
    """A port for a pooler."""
    return first_free(_PORTS + os.getpid() % 1500)


@contextmanager
def pooler(
    postgres: str, *, port: int | None = None, password: str = DEVELOPMENT_SECRET, **changed: str
) -> Iterator[str]:
    """Runs the PgBouncer of `deploy/pgbouncer` before a PostgreSQL, with these settings changed. Its host and port."""
    assert PGBOUNCER is not None, "install the package pgbouncer"
    folder = Path(tempfile.mkdtemp(prefix="escm-pooler-"))
    account = Account.for_data(folder)
    account.own(folder)
    port = port or free_port()
    users = "".join(f'"escm_{name}" "{password}"\n' for name in _ROLES)
    settings = {"listen_addr": HOST, "listen_port": str(port), "auth_file": str(folder / "users.txt"), **changed}
    for name, text in (("users.txt", users), ("pgbouncer.ini", _settings(postgres, settings))):
        write_private(folder / name, text)
        account.own(folder / name)
    said = folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [PGBOUNCER, str(folder / "pgbouncer.ini")], stdout=output, stderr=subprocess.STDOUT,
            user=account.uid if account.drops else None, group=account.gid if account.drops else None,
            extra_groups=[] if account.drops else None,
        )  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE
        while is_free(port):
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until, said.read_text()
            time.sleep(0.05)
        yield f"{HOST}:{port}"
    finally:
        process.send_signal(signal.SIGQUIT)  # others wait for clients
        process.wait(PATIENCE)
        shutil.rmtree(folder)


def _settings(postgres: str, changed: dict[str, str]) -> str:
    """The shipped file, for every database of this PostgreSQL."""
    server = urlsplit(postgres)
    lines = []
    for line in (PROJECT / "deploy/pgbouncer/pgbouncer.ini").read_text().splitlines():
        name = line.partition(" = ")[0]
        value = f"host={server.hostname} port={server.port}" if name == "escm" else changed.get(name)
        lines.append(line if value is None else f"{'*' if name == 'escm' else name} = {value}")
    return "\n".join(lines) + "\nlogfile = /dev/null\n"
