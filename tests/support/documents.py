"""The commands of the documents, run as scripts."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).parents[2]
_DOCS = _PROJECT / "docs"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


_CALLERS = {
    "frontends.md": ("accounts", "admin"),
    "secretariat-frontend.md": ("accounts", "officer"),
    "broadcasts.md": ("accounts", "admin"),
    "congresses.md": ("accounts", "admin"),
    "initiatives.md": ("accounts", "admin"),
    "certificates.md": ("accounts", "admin"),
    "calls.md": ("accounts", "admin"),
    "annual-reports.md": ("accounts", "admin"),
    "earlier-centres.md": ("accounts", "admin"),
    "applications.md": ("accounts", "admin"),
    "register.md": ("clients", "secretariat"),
    "support.md": ("accounts", "admin"),
    "assessments.md": ("accounts", "admin"),
    "tasks.md": ("accounts", "admin"),
    "global-report.md": ("accounts", "admin"),
    "calendars.md": ("accounts", "admin"),
    "centre-partners.md": ("accounts", "admin"),
    "centre-changes.md": ("clients", "secretariat"),
    "committees.md": ("accounts", "admin"),
    "evaluations.md": ("accounts", "admin"),
    "schemes.md": ("accounts", "admin"),
    "evidence.md": ("clients", "government_xa"),
    "dashboards.md": ("clients", "government_xa"),
    "open-data.md": ("clients", "government_xa"),
    "results.md": ("accounts", "admin"),
    "progress-reports.md": ("accounts", "admin"),
    "spreadsheets.md": ("accounts", "admin"),
    "governments.md": ("clients", "government_xa"),
    "webhooks.md": ("clients", "government_xa"),
    "national-lists.md": ("clients", "government_xa"),
    "membership.md": ("accounts", "officer"),
    "institutions.md": ("accounts", "officer"),
    "focal-points.md": ("accounts", "officer"),
    "plans.md": ("clients", "government_xa"),
    "command-line.md": ("clients", "government_xa"),
    "tour.md": ("clients", "secretariat"),
}
"""The caller whose `ID` and `SECRET` a page uses."""


def text_of(page: str) -> str:
    """The text of a page in one of the folders of `docs`; names of pages are unique."""
    (found,) = _DOCS.glob(f"*/{page}")
    return found.read_text()


def run_commands(page: str, stack: dict[str, Any], folder: Path) -> None:
    """Runs the commands of a page in order, against the stack. AssertionError with their output if one fails.

    The page gets only `BASE`, `ID`, `SECRET` and, of a stack in a folder, that of its mails as `MAIL`, and the Python
    of the tests with its packages.
    """
    kind, name = _CALLERS[page]
    caller = stack["demo"][kind][name]
    given = {
        "BASE": stack["base_url"],
        "ID": caller.get("id") or caller["username"],
        "SECRET": caller.get("secret") or caller["password"],
    }
    if "folder" in stack:
        given["MAIL"] = f"{stack['folder']}/mail"
    commands = "\n".join(_BLOCK.findall(text_of(page)))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, **given, "PATH": path, "TMPDIR": str(folder), "no_proxy": "127.0.0.1"}
    script = f"set -euo pipefail\n{commands}"
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=120, cwd=folder
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def commands_of(page: str, section: str) -> list[str]:
    """The blocks of commands under a heading of a page."""
    return _BLOCK.findall(text_of(page).split(f"## {section}\n")[1].split("\n## ")[0])


def run_escm(command: str, folder: Path, **environment: str) -> tuple[int, str]:
    """Runs a command in the folder, with this project's `escm`. Returns its status and output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ESCM_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {**kept, "PATH": path, "PYTHONPATH": str(_PROJECT), **environment}
    words = ["bash", "-euc", f'escm() {{ "{sys.executable}" -m deploy.cli "$@"; }}\ncd "{folder}"\n{command}']
    done = subprocess.run(words, env=given, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr
