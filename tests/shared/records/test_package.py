"""The page of the package."""

import subprocess
import sys

_EXAMPLE = "import doctest, shared.records; print(*doctest.testmod(shared.records))"


def test_its_example_runs() -> None:
    """In a process of its own, since the example declares a table that no database has."""
    shown = subprocess.run([sys.executable, "-c", _EXAMPLE], capture_output=True, text=True, check=True).stdout
    failed, attempted = map(int, shown.splitlines()[-1].split())
    assert failed == 0, shown
    assert attempted > 10
