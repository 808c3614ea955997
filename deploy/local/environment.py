"""Makes the virtual environment `.venv` match the locked requirements.

    python3 deploy/local/environment.py base|run|test|browser|release

`base` installs requirements.lock, `run` the embedded servers in addition, `test` tests/requirements.lock, which has
both; `browser` installs in addition what drives a browser, and `release` what builds and describes a release. A stamp
with the digest of the locks makes a second call do nothing. It runs before anything is installed, so it uses the
standard library alone, and a syntax that an older Python can parse in order to refuse.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
LOCKS = {
    "base": ("requirements.lock",),
    "run": ("requirements.lock", "deploy/local/requirements.lock"),
    "test": ("tests/requirements.lock",),
    "browser": ("tests/browser/requirements.lock",),
    "release": ("deploy/packaging/requirements.lock",),
}
_LAUNCHER = '#!/bin/sh\nexec "$(dirname "$0")/python" -m deploy.cli "$@"\n'


def main(kind: str) -> None:
    """Install what `kind` needs, unless it is there. Ends with a message if that is impossible."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; {sys.executable} is {sys.version.split()[0]}.\n"
            "Name a newer one: make PYTHON=/path/to/python3"
        )
    stamp = VENV / f"installed-{kind}"
    if _works() and stamp.exists() and stamp.read_text() == _digest(kind):
        return
    VENV.mkdir(exist_ok=True)
    with (VENV / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(kind, stamp)


def _install(kind: str, stamp: Path) -> None:
    began = time.monotonic()
    if not _works():
        _say("makes the virtual environment")
        _run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            "Python cannot make a virtual environment here: is its package venv missing (Debian: python3-venv)?",
        )
    _say("installs the locked requirements")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    named = [word for lock in LOCKS[kind] for word in ("-r", str(ROOT / lock))]
    _run(
        [*pip, "install", "--quiet", "--progress-bar", "off", "--require-hashes", *named],
        f"pip could not install {' and '.join(LOCKS[kind])}; its reasons are above",
    )
    _link()
    stamp.write_text(_digest(kind))
    _say(f"is ready after {time.monotonic() - began:.0f} s")


def _link() -> None:
    """Add the clone to the environment's path, and the command `escm` to its programs. Neither needs a build tool."""
    site = _run([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], "").strip()
    (Path(site) / "escm.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "escm"
    launcher.write_text(_LAUNCHER)
    launcher.chmod(0o755)


def _works() -> bool:
    """Whether the environment has a working Python and pip. The Python that it was made from may have been removed."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False).returncode == 0  # noqa: S603


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
    main(sys.argv[1])
