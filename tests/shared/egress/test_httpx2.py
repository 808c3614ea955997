"""The client for addresses outside also runs on httpx2, which is the way out if httpx ends."""

import subprocess
import sys
from pathlib import Path

import pytest

_FOLDER = Path(__file__).parent
_PROGRAM = """
import sys
from httpx2 import alias_httpx
alias_httpx()
import httpcore, httpx, pytest
assert (httpx.__name__, httpcore.__name__) == ("httpx2", "httpcore2")
raise SystemExit(pytest.main(sys.argv[1:]))
"""


@pytest.mark.long("runs its folder once more, in a process of its own")
def test_its_tests_pass_on_httpx2() -> None:
    files = sorted(str(file) for file in _FOLDER.glob("test_*.py") if file.name != Path(__file__).name)
    options = ["-n", "0", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    command = [sys.executable, "-c", _PROGRAM, *options, *files]
    ran = subprocess.run(command, cwd=_FOLDER.parents[2], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout
