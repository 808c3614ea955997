"""Small programs that replace the system's own, for tests of the runner."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.child import Program, Stage
from deploy.local.folder import Folder
from deploy.local.ports import HOST, first_free
from deploy.local.readiness import readiness_check
from deploy.local.stack import Stack

_SERVER = """
import http.server, sys
class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Yes).serve_forever()
"""


class OneServer:
    """Replaces `System`: an HTTP server that returns 200 for everything."""

    def __init__(self, preferred_port: int) -> None:
        self.port = first_free(preferred_port)
        self.base_url = f"http://{HOST}:{self.port}"
        self.metrics = {"api": f"{self.base_url}/metrics"}

    def programs(self, environment: Mapping[str, str]) -> list[Program]:
        command = [sys.executable, "-c", _SERVER, str(self.port)]
        return [Program("api", command, Stage.APPS, environment, ready=readiness_check([self.base_url]))]


async def _nothing_to_prepare(_: Mapping[str, str]) -> dict[str, Any]:
    return {"clients": {}, "accounts": {}}


def stack_in(root: Path, far: Path, port: int) -> Stack:
    return Stack(Folder.open(root, far), lambda: OneServer(port), _nothing_to_prepare)


def sleeper(name: str = "sleeper", stage: Stage = Stage.WORKERS, code: str = "import time; time.sleep(600)") -> Program:
    return Program(name, [sys.executable, "-c", code], stage, {})
