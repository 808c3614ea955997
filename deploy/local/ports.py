"""Free TCP ports on loopback."""

import socket
from collections.abc import Collection

from deploy.local.errors import LocalStackError

HOST = "127.0.0.1"
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def first_free(preferred: int, taken: Collection[int] = ()) -> int:
    """The preferred port, or the next free one above it that is not in `taken`."""
    for port in range(preferred, min(preferred + _TRIES, 65536)):
        if port not in taken and is_free(port):
            return port
    raise LocalStackError(f"no free port from {preferred} to {preferred + _TRIES - 1}")
