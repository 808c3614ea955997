"""Folders for servers of tests."""

import tempfile
from pathlib import Path


def reachable_folder(prefix: str) -> Path:
    """A new folder that the servers' account can enter and only the caller can list."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    return folder
