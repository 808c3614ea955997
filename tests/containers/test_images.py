"""Two builds of one tree make equal files."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.compose import ROOT, Compose

_PLACES = "find /app /usr/local/bin/probe /etc/passwd /etc/group /etc/shadow"
_LIST = f"""
{_PLACES} -type f -exec sha256sum {{}} +
{_PLACES} -printf '%p %m %U %G %l\\n'
"""


@pytest.fixture
def project() -> Iterator[Compose]:
    """A project of which nothing runs."""
    compose = Compose(f"escm-images-{os.getpid()}", "127.0.0.1:0")
    yield compose
    compose.attempt("down", "--volumes")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The tree once more, with the modes and times of another clone."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, file, follow_symlinks=False)
        if not file.is_symlink():
            file.chmod(file.stat().st_mode & 0o700)
    return tmp_path


def test_another_clone_builds_the_same_files(project: Compose, clone: Path) -> None:
    again = project.described_by(clone / "docker-compose.yml", RELEASE="again")
    project.run("build", "worker-publishing")
    again.run("build", "--no-cache", "worker-publishing")
    first, second = (set(_listed(each).splitlines()) for each in (project, again))
    assert first ^ second == set()
    assert any("/app/.venv/lib/" in line and line.endswith(".pyc") for line in first)


def _listed(project: Compose) -> str:
    """Files with their digest, and everything with its mode, owner and target."""
    options = ("--rm", "-T", "--no-deps", "--user", "0", "--entrypoint", "sh")
    return project.run("run", *options, "worker-publishing", "-ec", _LIST)
