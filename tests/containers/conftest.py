"""One set of containers for the session, built, started and removed with its volumes."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.ports import HOST, first_free
from tests.containers.compose import Compose
from tests.faults.clients import Client
from tests.faults.history import History
from tests.support.running import secretariat

__all__ = ["secretariat"]


@pytest.fixture(scope="session")
def containers(request: pytest.FixtureRequest) -> Iterator[Compose]:
    """Everything runs and is healthy."""
    compose = Compose(f"escm-test-{os.getpid()}", f"{HOST}:{first_free(28000 + os.getpid() % 2000)}")
    compose.build()
    try:
        compose.up()
        yield compose
    finally:
        if request.session.testsfailed:
            sys.stderr.write(compose.attempt("logs", "--tail", "20").stdout)
        compose.attempt("down", "--volumes", "--remove-orphans")


@pytest.fixture(scope="session")
def running(containers: Compose) -> dict[str, Any]:
    """The values that the documents' commands and the journeys' clients need of a running system."""
    return {"base_url": containers.base_url, "demo": containers.demo()}


@pytest.fixture
async def client(running: dict[str, Any]) -> Any:
    """The demo secretariat, by way of the edge."""
    client = Client(running["base_url"])
    demo = running["demo"]["clients"]["secretariat"]
    response = await client.http.post(
        "/access/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=(demo["id"], demo["secret"])
    )
    assert response.status_code == 200, response.text
    client.http.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
    yield client
    await client.close()


@pytest.fixture
def history(request: pytest.FixtureRequest) -> History:
    return History(f"c{os.getpid()}{request.node.name.replace('_', '')}-")
