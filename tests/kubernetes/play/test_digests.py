"""Two builds of one commit are one image."""

import shlex
import subprocess
from pathlib import Path

from deploy.packaging.version import version
from tests.kubernetes.play.podman import PODMAN
from tests.support.clones import clone
from tests.support.documents import commands_of

_ALL = "membership centres actions access portal publishing relay operations"
_PART = "relay"
(_BUILD,) = commands_of("kubernetes.md", "Images with equal digests")


def test_two_clones_build_one_image(tmp_path: Path) -> None:
    first, second = (_digest(clone(tmp_path / f"{umask}", umask)) for umask in (0o022, 0o077))
    assert first.startswith("sha256:")
    assert first == second


def _digest(folder: Path) -> str:
    """The digest of a part's image, built by the commands of the page without what an earlier build left."""
    assert f"for part in {_ALL};" in _BUILD
    commands = _BUILD.replace(_ALL, _PART).replace("podman build", f"{PODMAN} build --no-cache")
    built = subprocess.run(["sh", "-euc", commands], cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    image = f"escm/{_PART}:{version(folder)}"
    inspect = [*shlex.split(PODMAN), "image", "inspect", "--format", "{{.Digest}}", image]
    return subprocess.run(inspect, capture_output=True, text=True, check=True).stdout.strip()
