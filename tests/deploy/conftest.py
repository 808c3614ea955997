"""Folders and ports for stacks of the runner's tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_PORTS = 27000


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="escm-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed_folder(open_folder: Path) -> Path:
    """A folder that only its owner can enter, as root's home is."""
    folder = open_folder / "closed"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def port(worker_number: int) -> int:
    return _PORTS + 100 * worker_number
