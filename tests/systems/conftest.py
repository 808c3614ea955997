"""Separate systems, each started like `escm up` starts it."""

from tests.deploy.conftest import open_folder, port
from tests.support.running import running, secretariat

__all__ = ["open_folder", "port", "running", "secretariat"]
