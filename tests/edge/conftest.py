"""The real nginx under deploy/containers/nginx.conf, on loopback in front of the running system."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.local.ports import first_free
from tests.support.running import system

_CONF = Path(__file__).parents[2] / "deploy" / "containers" / "nginx.conf"
_PROXIES = "    include /etc/nginx/trusted_proxies.conf;\n"
_LOOPBACK = "    set_real_ip_from 127.0.0.0/8;\n"
NGINX = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
"""Where nginx is."""
Edge = Callable[[bool], str]


@pytest.fixture(scope="session")
def running() -> Iterator[dict[str, Any]]:
    """A system that trusts the edge, which runs on this machine, and leaves compression to it."""
    settings = {"ESCM_TRUSTED_PROXIES": "127.0.0.1", "ESCM_COMPRESSION": "false"}
    with system(**settings) as (described, _):
        yield described


@pytest.fixture(scope="module")
def edge(running: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Starts the edge and yields its address. It trusts loopback as it does a private network with a TLS proxy, or
    treats it as public: besides addresses, only that line differs from the deployed file."""
    started: list[subprocess.Popen[bytes]] = []

    def start(believes_loopback: bool) -> str:
        folder = tmp_path_factory.mktemp("edge")
        port = first_free(26000)
        file = folder / "nginx.conf"
        file.write_text(_adapted(folder, port, urlsplit(running["base_url"]).netloc, believes_loopback))
        program = shutil.which("nginx", path=NGINX)
        assert program is not None, "nginx is needed (Debian: nginx-light)"
        command = [program, "-e", "/dev/stderr", "-p", str(folder), "-c", str(file), "-g", "daemon off;"]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        wait_for(port)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.terminate()
        process.wait(10)


def _adapted(folder: Path, port: int, upstream: str, believes_loopback: bool) -> str:
    text = _CONF.read_text()
    assert text.count(_PROXIES) == 1
    text = text.replace(_PROXIES, _LOOPBACK if believes_loopback else "")
    changes = (
        (r"resolver 127\.0\.0\.11 [^;]*;", "", 1),
        (r"proxy_pass http://\$service:8000;", f"proxy_pass http://{upstream};", 7),
        (r"listen 8080;", f"listen 127.0.0.1:{port};", 1),
        (r"listen 127\.0\.0\.1:8081;.*", f"listen unix:{folder}/health.sock;", 1),
        (r" /tmp/", f" {folder}/", 6),
    )
    for pattern, replacement, times in changes:
        text, found = re.subn(pattern, replacement, text)
        assert found == times, pattern
    return text


def wait_for(port: int) -> None:
    """Returns once something listens at a port."""
    for _ in range(200):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")
