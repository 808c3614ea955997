"""The commands of the documents, run as their readers type them, and what the pages show of what they print."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import Any, Self

from tests.support.phone import enter_shown_code

_PROJECT = Path(__file__).parents[2]
_DOCS = _PROJECT / "docs"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"^```sh( [a-z ]+)?\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
READERS = {
    "administrator": ("accounts", "admin"),
    "second": ("accounts", "admin2"),
    "officer": ("accounts", "officer"),
    "expert": ("accounts", "expert"),
    "country": ("clients", "government_xa"),
    "secretariat": ("clients", "secretariat"),
    **dict.fromkeys(("anybody", "person", "focal", "successor", "integrator", "author", "reviewer", "editor"), None),
    "operator": None,
}
"""The readers of pages, and whose `ID` and `SECRET` each has: an account or a client of the demo, or nobody's."""
PAGES = sorted(path.name for path in _DOCS.glob("*/*.md") if re.search(r"^```sh [a-z]", path.read_text(), re.MULTILINE))
"""The pages whose commands tests run: those whose first block names its reader."""
LEFT_OUT = "…"
"""Stands in what a page shows for what differs each time, or is too long."""
_END = "\x1e"
_LOOP = f'set -euo pipefail; while IFS= read -r typed; do . "$typed" </dev/null; printf "\\n{_END}\\n"; done'
_SECONDS = 120
Programs = list[tuple[str, str]]
"""Programs of a page, each with what the page shows below it."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A block of commands: who types it, and what the page shows below."""

    readers: tuple[str, ...]
    commands: str
    shown: str


def text_of(page: str) -> str:
    """The text of a page in one of the folders of `docs`; names of pages are unique."""
    (found,) = _DOCS.glob(f"*/{page}")
    return found.read_text()


def typed_in(page: str) -> list[Typed]:
    """The blocks of a page. A block without a reader is typed by whom the first block names."""
    found = _TYPED.findall(text_of(page))
    first = found[0][0].split()[:1] if found else []
    return [Typed(tuple(readers.split() or first), commands, shown) for readers, commands, shown in found]


def agrees(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed. `…` stands for anything, as the ellipsis of doctest does; on a line of its
    own for any lines, or none."""
    first, *others = "".join(LEFT_OUT if line == LEFT_OUT else f"\n{line}\r" for line in _lines(shown)).split(LEFT_OUT)
    found, place = "".join(f"\n{line}\r" for line in _lines(printed)), len(first)
    if not others:
        return found == first
    for part in others[:-1]:
        at = found.find(part, place)
        if at < 0:
            return False
        place = at + len(part)
    return found.startswith(first) and found.endswith(others[-1]) and place + len(others[-1]) <= len(found)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def run_commands(page: str, stack: dict[str, Any], folder: Path) -> None:
    """Runs the commands of a page in order, each reader's in a shell of their own. AssertionError if one fails, or if
    what it prints is not what the page shows."""
    for number, (typed, printed) in enumerate(printed_by(page, stack, folder)):
        where = f"{page}, block {number}, by {', '.join(typed.readers)}:\n{typed.commands}"
        assert agrees(typed.shown, printed), f"{where}shows:\n{typed.shown}\nand prints:\n{printed}"


def printed_by(page: str, stack: dict[str, Any], folder: Path) -> Iterator[tuple[Typed, str]]:
    """Each block of the page with what it prints, for each of its readers."""
    with ExitStack() as opened:
        shells: dict[str, _Shell] = {}
        for typed in typed_in(page):
            for reader in typed.readers:
                if reader not in shells:
                    shells[reader] = opened.enter_context(_Shell(reader, stack, folder))
                yield typed, shells[reader].printed(typed.commands)


def programs_in(text: str, language: str) -> Programs:
    """The programs in one language of a page, each with what the page shows of what it prints."""
    fences = rf"^```{language}\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?"
    return re.findall(fences, text, re.MULTILINE | re.DOTALL)


def in_one(programs: Programs, say: str) -> str:
    """The programs as one; `say` is how the language prints a text."""
    return "".join(f'{program}{say}("\\x1e")\n' for program, _ in programs)


def assert_shown(programs: Programs, said: str) -> None:
    """That each of the programs printed what its page shows."""
    for (program, shown), printed in zip(programs, said.split(_END), strict=False):
        assert agrees(shown, printed), f"{program}shows:\n{shown}\nand prints:\n{printed}"


def given_to(reader: str, stack: dict[str, Any]) -> dict[str, str]:
    """`BASE`, and the `ID` and `SECRET` of the reader, if it has some."""
    account = READERS[reader]
    if account is None:
        return {"BASE": stack["base_url"]}
    caller = stack["demo"][account[0]][account[1]]
    named, proof = caller.get("id") or caller["username"], caller.get("secret") or caller["password"]
    return {"BASE": stack["base_url"], "ID": named, "SECRET": proof}


class _Shell:
    """The shell of one reader. It has only `BASE`, the `ID` and `SECRET` of its reader and, of a stack in a folder,
    that of its mails as `MAIL`, and the Python of the tests with its packages."""

    def __init__(self, reader: str, stack: dict[str, Any], folder: Path) -> None:
        self._given = given_to(reader, stack)
        given = {**self._given, "TMPDIR": str(folder), "no_proxy": "127.0.0.1"}
        if "folder" in stack:
            given["MAIL"] = f"{stack['folder']}/mail"
            given |= {"ESCM_LOCAL_FOLDER": str(stack["folder"])} if reader == "operator" else {}
        given["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        given["PYTHONPATH"] = str(_PROJECT / "clients" / "python")
        self._typed, self._said = folder / f"{reader}.typed", folder / f"{reader}.said"
        self._errors = self._said.open("w")
        self._process = subprocess.Popen(
            ["bash", "-c", _LOOP],
            env={**os.environ, **given},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
        )
        self._clock = Timer(_SECONDS, self._end, [signal.SIGKILL])

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.cancel()
        self._end(signal.SIGTERM)
        self._process.communicate()
        self._errors.close()

    def printed(self, commands: str) -> str:
        """What the commands print. AssertionError with their output if one fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._typed.write_text(commands)
        if "--device" in commands:
            Thread(target=enter_shown_code, args=(self._said, self._given), daemon=True).start()
        self._process.stdin.write(f"{self._typed}\n")
        self._process.stdin.flush()
        lines: list[str] = []
        while (line := self._process.stdout.readline()) != f"{_END}\n":
            assert line, f"{commands}\n{''.join(lines)[-2000:]}\n{self._said.read_text()[-2000:]}"
            lines.append(line)
        return "".join(lines)

    def _end(self, number: signal.Signals) -> None:
        """Ends the shell, and what it began."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return


def commands_of(page: str, section: str) -> list[str]:
    """The blocks of commands under a heading of a page."""
    return _BLOCK.findall(text_of(page).split(f"## {section}\n")[1].split("\n## ")[0])


def shown_in(page: str, section: str) -> list[str]:
    """What the page shows below each block of commands under a heading."""
    part = text_of(page).split(f"## {section}\n")[1].split("\n## ")[0]
    return [shown for _, shown in programs_in(part, "sh")]


def run(commands: str, folder: Path, **environment: str) -> str:
    """What a block of commands prints that needs no system. AssertionError if one fails."""
    given = {**os.environ, **environment}
    words = ["bash", "-euc", commands]
    done = subprocess.run(words, env=given, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_escm(command: str, folder: Path, **environment: str) -> tuple[int, str]:
    """Runs a command in the folder, with this project's `escm`. Returns its status and output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ESCM_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {**kept, "PATH": path, "PYTHONPATH": str(_PROJECT), **environment}
    words = ["bash", "-euc", f'escm() {{ "{sys.executable}" -m deploy.cli "$@"; }}\ncd "{folder}"\n{command}']
    done = subprocess.run(words, env=given, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr
