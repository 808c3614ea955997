"""A release of the last commit, built twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.folder import PROJECT
from tests.deploy.conftest import open_folder, port
from tests.support import clones

__all__ = ["open_folder", "port"]


def _build(clone: Path, target: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "deploy.packaging", str(target)]
    done = subprocess.run(
        command, cwd=clone, env={**os.environ, **environment}, capture_output=True, text=True, check=False, umask=0o022
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files of a release."""
    return _build(PROJECT, tmp_path_factory.mktemp("release") / "dist")


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another clone, whose files have other modes and times."""
    return clones.clone(tmp_path_factory.mktemp("second") / "clone", 0o077)


@pytest.fixture(scope="session")
def second_release(clone: Path) -> Path:
    """The same, from another clone, in another time zone."""
    return _build(clone, clone.with_name("dist"), TZ="Asia/Tokyo", PYTHONHASHSEED="7")


@pytest.fixture(scope="session")
def wheel(release: Path) -> Path:
    (found,) = release.glob("escm-*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and its extra `local`, in a folder that every account can enter."""
    folder = tmp_path_factory.mktemp("installed")
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "pip"), "install", "--quiet", f"{wheel}[local]"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder
