"""The embedded Valkey: the notifier of the job queues."""

from pathlib import Path

from deploy.local.account import Account
from deploy.local.binaries import Binaries
from deploy.local.child import Program, Stage
from deploy.local.folder import write_private
from deploy.local.ports import HOST
from deploy.local.readiness import answer

PREFERRED_PORT = 16379


class Valkey:
    """A Valkey in `folder`/valkey, on loopback only, with a password and an append-only file."""

    def __init__(
        self, folder: Path, binaries: Binaries, account: Account, *, port: int, password: str, databases: int = 16
    ) -> None:
        self.data = folder / "valkey"
        self.port = port
        self._binary = binaries.valkey
        self._account = account
        self._password = password
        self._databases = databases

    def url(self, database: int = 0) -> str:
        return f"redis://:{self._password}@{HOST}:{self.port}/{database}"

    def initialise(self) -> None:
        """Write the settings to a file, because every user can see passwords in a command line."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self._account.own(self.data)
        settings = self.data / "valkey.conf"
        write_private(
            settings,
            f"bind {HOST}\n"
            f"port {self.port}\n"
            f"requirepass {self._password}\n"
            f'dir "{self.data}"\n'
            f"databases {self._databases}\n"
            "appendonly yes\n"
            "appendfsync everysec\n"
            'save ""\n'
            "maxmemory-policy noeviction\n"
            "daemonize no\n",
        )
        self._account.own(settings)

    def program(self) -> Program:
        return Program(
            name="valkey",
            command=[str(self._binary), str(self.data / "valkey.conf")],
            stage=Stage.VALKEY,
            environment={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            ready=self._ready,
            account=self._account,
        )

    async def _ready(self) -> bool:
        ready = "+OK\r\n+PONG\r\n"
        return await answer(HOST, self.port, f"AUTH {self._password}\r\nPING\r\n", len(ready)) == ready
