"""Makes the virtual environment `.venv` match the locked requirements.

    python3 deploy/local/environment.py base|run|test|browser|release [python]
    python3 deploy/local/environment.py pythons

A new environment is made by the named Python, else by the newest supported one of this machine that has `venv`.
`pythons` writes the supported ones that have it, the newest first.
`base` installs requirements.lock, `run` what prints, what publishes and the embedded servers in addition, `test`
tests/requirements.lock, which has all of them; `browser` installs in addition what drives a browser, and `release` what
builds and describes a release. A stamp with the digest of the locks makes a second call do nothing. It runs before
anything is installed, so it uses the standard library alone, and a syntax that an older Python can parse in order to
refuse.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SUPPORTED = ("3.13", "3.12", "3.11")
"""The versions of Python that the tests pass on, the newest first. The images have the first."""
LOCKS = {
    "base": ("requirements.lock",),
    "run": (
        "requirements.lock",
        "deploy/packaging/printing.lock",
        "deploy/packaging/publishing.lock",
        "deploy/local/requirements.lock",
    ),
    "test": ("tests/requirements.lock",),
    "browser": ("tests/browser/requirements.lock",),
    "release": ("deploy/packaging/requirements.lock",),
}
_LAUNCHER = '#!/bin/sh\nexec "$(dirname "$0")/python" -m deploy.cli "$@"\n'


def main(kind: str, named: str = "") -> None:
    """Install what `kind` needs, unless it is there. Ends with a message if that is impossible."""
    stamp = VENV / f"installed-{kind}"
    if _works(named) and stamp.exists() and stamp.read_text() == _digest(kind):
        return
    VENV.mkdir(exist_ok=True)
    with (VENV / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(kind, stamp, named)


def _install(kind: str, stamp: Path, named: str) -> None:
    began = time.monotonic()
    if not _works(named):
        python = named or _newest()
        version = _version(python)
        if [int(part) for part in version.split(".")[:2]] < [int(part) for part in SUPPORTED[-1].split(".")]:
            sys.exit(
                f"Python {SUPPORTED[-1]} or newer is needed; {python} is {version}.\n"
                "Name a newer one: make PYTHON=/path/to/python3"
            )
        _say(f"makes the virtual environment with Python {version}")
        _run(
            [python, "-m", "venv", "--clear", str(VENV)],
            "Python cannot make a virtual environment here: is its package venv missing (Debian: python3-venv)?",
        )
    _say("installs the locked requirements")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    named_locks = [word for lock in LOCKS[kind] for word in ("-r", str(ROOT / lock))]
    _run(
        [*pip, "install", "--quiet", "--progress-bar", "off", "--require-hashes", *named_locks],
        f"pip could not install {' and '.join(LOCKS[kind])}; its reasons are above",
    )
    _link()
    stamp.write_text(_digest(kind))
    _say(f"is ready after {time.monotonic() - began:.0f} s")


def _newest() -> str:
    """The newest supported Python that can make an environment; else the one that runs this."""
    return next(_supported(), sys.executable)


def _supported() -> Iterator[str]:
    """The supported Pythons of this machine that can make an environment, the newest first."""
    for version in SUPPORTED:
        found = shutil.which(f"python{version}")
        if found and _succeeds([found, "-c", "import ensurepip, venv"]):
            yield found


def _version(python: str) -> str:
    return _run([python, "-c", "import platform; print(platform.python_version())"], f"{python} does not run").strip()


def _link() -> None:
    """Add the clone to the environment's path, and the command `escm` to its programs. Neither needs a build tool."""
    site = _run([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], "").strip()
    (Path(site) / "escm.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "escm"
    launcher.write_text(_LAUNCHER)
    launcher.chmod(0o755)


def _works(named: str) -> bool:
    """Whether the environment has a working Python, of the named one's version, and pip. The Python that it was made
    from may have been removed."""
    if not PYTHON.exists() or not _succeeds([str(PYTHON), "-c", "import pip"]):
        return False
    return not named or _version(str(PYTHON)) == _version(named)


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def _digest(kind: str) -> str:
    """The digest of the locks, the folder and the Python that they are installed for."""
    marks = f"{ROOT}\0{(VENV / 'pyvenv.cfg').read_text()}".encode()
    return hashlib.sha256(marks + b"".join((ROOT / lock).read_bytes() for lock in LOCKS[kind])).hexdigest()


def _run(command: list[str], failure: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{failure}")
    return done.stdout


def _say(what: str) -> None:
    sys.stderr.write(f"· {VENV.name} {what}\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["pythons"]:
        sys.stdout.writelines(f"{python}\n" for python in _supported())
    else:
        main(*sys.argv[1:])
