"""Log lines that cannot be written are dropped and counted, and cause no failure."""

import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import logging, os, sys, structlog
from shared.observability import logs
from shared.observability.metrics import LOST_LINES
logs.configure("test")
for number in range(3):
    structlog.get_logger().error("own", number=number)
    logging.getLogger("library").warning("of a library")
os.write(2, str(int(LOST_LINES._value.get())).encode())
os._exit(0)
"""


def test_a_log_on_a_full_disk_fails_nothing() -> None:
    with Path("/dev/full").open("wb") as full:
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr.decode()) == (0, "6")
