"""The whole system as `escm up` runs it, for tests with real processes over HTTP."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local.folder import Folder
from deploy.local.ports import HOST
from tests.support.folders import reachable_folder
from tests.support.pooler import POOLED, free_port, pooler
from tests.support.prepared import copy_system
from tests.support.waiting import PATIENCE

_PORT_LINE = 4
"""The line of `postmaster.pid` with the port."""
_PORTS = 29000
"""Below the ports from which the kernel serves clients: one of those is taken between its choice and its use."""


class Client:
    """An API client of the running system. Sets idempotency keys for POST and If-Match for changes, renews its token,
    and retries on request of the server."""

    def __init__(self, base_url: str, credentials: dict[str, str]) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)
        self._credentials = credentials
        self._token, self._until = "", 0.0
        self.writes = 0
        """How many requests would change something; those for tokens are not counted."""

    @property
    def base_url(self) -> str:
        """The address of the system."""
        return str(self._http.base_url)

    @property
    def roles(self) -> set[str]:
        """The roles of which they have a grant in force."""
        return {grant["role"] for grant in self.get("/access/v1/me")["grants"]}

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The body of the response. AssertionError for a status other than 200."""
        response = self._request("GET", path, params=params or None)
        assert response.status_code == 200, f"{path}: {response.text}"
        return response.json()

    def look(self, path: str) -> httpx.Response:
        """The response, whatever its status."""
        return self._request("GET", path)

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The created record."""
        response = self._request("POST", path, json=body)
        assert response.status_code == 201, f"{path}: {response.text}"
        return dict(response.json())

    def change(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Changes the record with its present ETag. Returns it."""
        response = self._request("PATCH", path, json=body, headers={"If-Match": self._etag(path)})
        assert response.status_code == 200, f"{path}: {response.text}"
        return dict(response.json())

    def step(self, path: str, action: str, **body: Any) -> dict[str, Any]:
        """The record after a transition."""
        response = self.try_step(path, action, **body)
        assert response.status_code == 200, f"{path} {action}: {response.text}"
        return dict(response.json())

    def try_step(self, path: str, action: str, **body: Any) -> httpx.Response:
        """The response to a transition, whatever its status."""
        headers = {"If-Match": self._etag(path)}
        return self._request("POST", f"{path}/transitions", json={"action": action, **body}, headers=headers)

    def upload(self, path: str, file: Path, **fields: str) -> dict[str, Any]:
        """The finished job of an import. AssertionError if it does not succeed in time."""
        return self.finished(self.start_upload(path, file, **fields))

    def start_upload(self, path: str, file: Path, **fields: str) -> str:
        """The address of an import's job."""
        with file.open("rb") as content:
            response = self._request("POST", path, files={"file": (file.name, content, "text/csv")}, data=fields)
        assert response.status_code == 202, response.text
        return str(response.headers["location"])

    def send_evidence(self, content: bytes, name: str = "minutes.txt", **fields: str) -> dict[str, Any]:
        """The record of a new file of evidence."""
        data = {"title": "Minutes", **fields}
        response = self._request("POST", "/actions/v1/evidence", files={"file": (name, content)}, data=data)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def start(self, path: str, body: dict[str, Any]) -> str:
        """The address of the requested job."""
        response = self._request("POST", path, json=body)
        assert response.status_code == 202, response.text
        return str(response.headers["location"])

    def finished(self, job: str) -> dict[str, Any]:
        """A job that has succeeded."""
        until = time.monotonic() + PATIENCE
        while (found := self.get(job))["status"] in ("queued", "running"):
            assert time.monotonic() < until, found
            time.sleep(0.1)
        assert found["status"] == "succeeded", found
        return dict(found)

    def text(self, path: str) -> str:
        """A file's content."""
        response = self._request("GET", path)
        assert response.status_code == 200, response.text
        return response.text

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The response to any other request, whatever its status."""
        return self._request(method, path, **more)

    def _etag(self, path: str) -> str:
        return str(self._request("GET", path).headers["etag"])

    def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._bearer()}", **more.pop("headers", {})}
        self.writes += method not in ("GET", "HEAD")
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        until = time.monotonic() + PATIENCE
        while (response := self._http.request(method, path, headers=headers, **more)).status_code in (429, 503):
            if "retry-after" not in response.headers or time.monotonic() > until:
                break
            time.sleep(int(response.headers["retry-after"]))
        return response

    def _bearer(self) -> str:
        if time.monotonic() > self._until:
            response = self._sign_in(self._http, self._credentials)
            assert response.status_code == 200, response.text
            self._token, self._until = response.json()["access_token"], time.monotonic() + 300
        return self._token

    def _sign_in(self, http: httpx.Client, credentials: dict[str, str]) -> httpx.Response:
        auth = (credentials["id"], credentials["secret"])
        return http.post("/access/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)


class Person(Client):
    """A person who logs in with a password, and again after their session has ended; `username`, `password` and
    `account_id` are the credentials."""

    def __init__(self, base_url: str, credentials: dict[str, str]) -> None:
        super().__init__(base_url, credentials)
        self.account, self.email = credentials["account_id"], credentials["username"]

    @property
    def login(self) -> dict[str, str]:
        """The form that signs in."""
        return {"grant_type": "password", **{name: self._credentials[name] for name in ("username", "password")}}

    def has_password(self, password: str) -> None:
        """Uses another password from now on."""
        self._credentials["password"] = password

    def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = super()._request(method, path, **more)
        if response.status_code != 401:
            return response
        self._until = 0.0
        return super()._request(method, path, **more)

    def _sign_in(self, http: httpx.Client, _credentials: dict[str, str]) -> httpx.Response:
        return http.post("/access/v1/oauth/token", data=self.login)


def eventually(check: Any, within: float = PATIENCE) -> Any:
    """The result of `check` once it is true. AssertionError if it is not in time. Facts take a moment."""
    until = time.monotonic() + within
    while not (found := check()):
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)
    return found


@contextmanager
def system(state: Path | None = None, **settings: str) -> Iterator[tuple[dict[str, Any], Path]]:
    """The content of `.local/stack.json` of a separate system with the `role_password` of its services, and the folder
    of its state, which is new unless given. With `TEST_POOLER` its apps reach the database through PgBouncer."""
    root = reachable_folder("escm-journey-")
    folder = Folder.open(state or root / "local")
    if state is None:
        with ThreadPoolExecutor(1) as thread:  # this one may have a running event loop
            thread.submit(asyncio.run, copy_system(folder)).result()
    password = folder.secret("escm_role_password")
    environment = {name: value for name, value in os.environ.items() if name != "ESCM_ENVIRONMENT"} | settings
    pooled = POOLED and free_port()
    if pooled:
        environment["ESCM_DATABASE_POOLER"] = f"{HOST}:{pooled}"
    port = _PORTS + os.getpid() % 3000
    options = ["--no-report", "--with-parent", "--folder", str(folder.root), "--port", str(port)]
    command = [sys.executable, "-m", "deploy.cli", "up", *options]
    said = root / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)

    def written(path: Path, lines: int = 1) -> str:
        """The content of a file of the system, once it has this many lines."""
        until = time.monotonic() + PATIENCE
        while not path.exists() or len(path.read_text().splitlines()) < lines:
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < until, said.read_text()
            time.sleep(0.1)
        return path.read_text()

    try:
        with ExitStack() as stack:
            if pooled:
                lines = written(folder.data / "postgres" / "postmaster.pid", _PORT_LINE).splitlines()
                server = lines[_PORT_LINE - 1]
                stack.enter_context(pooler(f"postgresql://{HOST}:{server}", port=pooled, password=password))
            yield {**json.loads(written(folder.stack_file)), "role_password": password}, folder.root
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        shutil.rmtree(root, ignore_errors=True)


_OF_TESTS = {
    "ESCM_GRANTS_BELIEVED": "1",
    "ESCM_API_SECONDS": "60",
    "ESCM_PORTAL_FRESH": "0",
    "ESCM_ACCESS_DEVICE_CODES": "true",
}
"""Settings with which changes show at once and nothing ends by the load of a machine, and with every way to sign in."""


@pytest.fixture(scope="session")
def running() -> Iterator[dict[str, Any]]:
    """The content of `.local/stack.json` of this test session's own system, and the `folder` of its state."""
    with system(**_OF_TESTS) as (described, folder):
        yield {**described, "folder": str(folder)}


@pytest.fixture(scope="session")
def secretariat(running: dict[str, Any]) -> Iterator[Client]:
    client = Client(running["base_url"], running["demo"]["clients"]["secretariat"])
    yield client
    client.close()
