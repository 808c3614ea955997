"""Clones of the repository, to build from."""

import subprocess
from pathlib import Path

from deploy.local.folder import PROJECT


def clone(folder: Path, umask: int) -> Path:
    """Clones the last commit into the new `folder`, with modes of files as by this `umask`."""
    command = ["git", "clone", "--quiet", str(PROJECT), str(folder)]
    subprocess.run(command, check=True, capture_output=True, umask=umask)
    return folder
