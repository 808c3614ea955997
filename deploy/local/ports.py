"""Free TCP ports on loopback."""

import socket
import sys
from collections.abc import Collection

from deploy.local.errors import LocalStackError

HOST = "127.0.0.1"
_TRIES = 200
_reserved: set[int] = set()


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
    """The preferred port, or the next free one above it that is not in `taken`.

    It stays reserved among all stacks of the machine, also while its server is down.
    """
    for port in range(preferred, min(preferred + _TRIES, 65536)):
        if port not in taken and is_free(port) and _reserve(port):
            return port
    raise LocalStackError(f"no free port from {preferred} to {preferred + _TRIES - 1}")


def _reserve(port: int) -> bool:
    """Reserves the port by a name in the kernel (Linux) for the life of the process, because two stacks that start at
    once would both find it free."""
    if port in _reserved or sys.platform != "linux":
        return True
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        mark.bind(f"\0escm-port-{port}")
    except OSError:
        mark.close()
        return False
    mark.detach()
    _reserved.add(port)
    return True
