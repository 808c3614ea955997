"""Installs the tools that check and generate clients: packages of npm and of Python, both locked, in this folder."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).parent
GENERATED = HERE / "generated"
_VENV = HERE / ".venv"


def run(*command: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """The output of the command. AssertionError with all of it if it fails."""
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=600, env=environment)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def node(program: str) -> Path:
    """A program of the packages in package-lock.json."""
    npm = shutil.which("npm")
    assert npm is not None, "npm is needed to check clients (Debian: nodejs npm)"
    modules = HERE / "node_modules"
    _once(modules, HERE / "package-lock.json", lambda: run(npm, "ci", "--no-progress", "--ignore-scripts"))
    return modules / ".bin" / program


def python(program: str) -> Path:
    """A program of the packages in requirements.lock."""
    lock = HERE / "requirements.lock"

    def install() -> None:
        run(sys.executable, "-m", "venv", "--clear", _VENV)
        run(_VENV / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", lock)

    _once(_VENV, lock, install)
    return _VENV / "bin" / program


def _once(folder: Path, lock: Path, install: Callable[[], object]) -> None:
    """Installs unless the folder matches the lock file."""
    stamp = folder / "installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        install()
        stamp.write_text(digest)
