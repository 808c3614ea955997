"""Which Python makes the environment, and that every document names the supported versions."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from deploy.local import environment
from deploy.local.environment import ROOT, SUPPORTED


def _program(folder: Path, name: str, status: int) -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\nexit {status}\n")
    file.chmod(0o755)
    return str(file)


def test_the_newest_python_that_can_make_an_environment_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment._newest() == sys.executable
    _program(tmp_path, f"python{SUPPORTED[0]}", 1)
    older = _program(tmp_path, f"python{SUPPORTED[1]}", 0)
    _program(tmp_path, f"python{SUPPORTED[2]}", 0)
    assert environment._newest() == older


def test_a_python_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "python2.7"
    old.write_text("#!/bin/sh\necho 2.7.18\n")
    old.chmod(0o755)
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "venv" / "bin" / "python")
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; .*python2\.7 is 2\.7\.18"):
        environment.main("base", str(old))


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("README.md", rf"Python {SUPPORTED[-1]} to {SUPPORTED[0]}"),
        ("UPGRADING.md", rf"Python {SUPPORTED[-1]} to {SUPPORTED[0]}"),
        ("deploy/containers/Dockerfile", rf"python:{SUPPORTED[0]}-slim"),
        ("docker-compose.yml", rf"python:{SUPPORTED[0]}-slim"),
        (".github/workflows/release.yml", rf'python-version: "{SUPPORTED[0]}"'),
        (".github/workflows/ci.yml", ", ".join(f'"{version}"' for version in SUPPORTED)),
    ],
)
def test_the_supported_versions_are_named_everywhere(file: str, pattern: str) -> None:
    assert re.search(pattern, (ROOT / file).read_text())


def test_the_package_names_the_supported_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={SUPPORTED[-1]}"
    named = [each.rpartition(" ")[2] for each in project["classifiers"] if each.startswith("Programming Language")]
    assert named == list(reversed(SUPPORTED))
