"""The files of a release."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

LOCKS_OF_IMAGES = ("requirements.lock", "deploy/packaging/printing.lock", "deploy/packaging/publishing.lock")
"""What all images have, what those that print have in addition, and what the image `publishing` alone has."""


def write_wheel(tree: Path, target: Path, at: int) -> None:
    """Builds the wheel of a project with what is installed. `at` is the time of its files."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    _run(
        *pip, "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(target), str(tree),
        environment={"SOURCE_DATE_EPOCH": str(at)},
    )  # fmt: skip


def write_chart(chart: Path, target: Path, at: int) -> None:
    """Packs the chart as `helm package` does: all files in a folder of its name."""
    _pack({f"escm/{path.relative_to(chart)}": path for path in chart.rglob("*") if path.is_file()}, target, at)


def write_npm(package: Path, target: Path, at: int) -> None:
    """Packs a package as `npm pack` does: the files that it names, its description and its page in `package`."""
    patterns = ("package.json", "README.md", *json.loads((package / "package.json").read_text())["files"])
    _pack({f"package/{path.name}": path for pattern in patterns for path in package.glob(pattern)}, target, at)


def _pack(files: Mapping[str, Path], target: Path, at: int) -> None:
    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=at) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, path in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = path.stat().st_size, at, 0o644
            with path.open("rb") as content:
                archive.addfile(entry, content)


def write_sbom(tree: Path, target: Path) -> None:
    """Lists the locked requirements of the images in CycloneDX, with the digests of their files."""
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "requirements.txt"
        locked.write_bytes(b"".join((tree / lock).read_bytes() for lock in LOCKS_OF_IMAGES))
        _run(
            *(program, "requirements", str(locked), "--pyproject", str(tree / "pyproject.toml")),
            *("--output-reproducible", "--output-format", "JSON", "--output-file", str(target)),
            environment={"PYTHONWARNINGS": "ignore"},
        )


def write_digests(folder: Path) -> None:
    """Writes SHA256SUMS over all other files, for `sha256sum --check`."""
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(folder.iterdir())]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _run(*command: str, environment: dict[str, str]) -> None:
    subprocess.run(command, env={**os.environ, **environment}, check=True)  # noqa: S603
