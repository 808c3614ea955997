"""A server that speaks the protocol of S3, in a process of its own."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx

from deploy.local.ports import first_free
from tests.support.waiting import PATIENCE

_PORTS = 19300
"""Below the ports from which the kernel serves clients."""
_KEY, _SECRET = "escm", "a secret of the tests"


class ObjectServer:
    """SeaweedFS, whose objects lie in a folder. It creates a bucket with the first object."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        identity = {"name": _KEY, "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}], "actions": ["Admin"]}
        (folder / "identities.json").write_text(json.dumps({"identities": [identity]}))
        ports, port = [], _PORTS
        for _ in range(8):
            ports.append(first_free(port))
            port = ports[-1] + 1
        self._ports = ports

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which clients find the server."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._ports[0]}",
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def start(self) -> None:
        """Returns when the server responds."""
        names = ("s3", "master", "volume", "filer")
        ports = [f"-{name}.port={port}" for name, port in zip(names, self._ports, strict=False)]
        ports += [f"-{name}.port.grpc={port}" for name, port in zip(names, self._ports[4:], strict=True)]
        self._process = subprocess.Popen(
            [
                *(Path(sys.executable).with_name("weed"), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer"),
                *("-s3", f"-dir={self._folder}", f"-s3.config={self._folder / 'identities.json'}", *ports),
                *("-s3.port.iceberg=0", "-s3.port.lance=0", "-volume.max=20", "-master.volumeSizeLimitMB=64"),
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE
        while not self._responds():
            assert self._process.poll() is None, "the object server has ended"
            assert time.monotonic() < until, "the object server does not start"
            time.sleep(0.1)

    def kill(self) -> None:
        """Ends the process without a chance to do anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _responds(self) -> bool:
        """Whether it serves objects: the gateway responds before the servers behind it do."""
        try:
            return httpx.get(f"http://127.0.0.1:{self._ports[0]}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False
