"""The rendered workloads run with the images: the migration, the demo data, every process, the tour through them."""

import asyncio
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.ports import HOST, first_free
from tests.containers.compose import Compose
from tests.kubernetes.play.podman import Pods
from tests.support.documents import run_commands
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    """The databases in containers, and the images of every process."""
    compose = Compose(f"escm-play-{os.getpid()}", f"{HOST}:{first_free(27000 + os.getpid() % 1000)}")
    compose.build()
    try:
        compose.run("up", "--detach", "--wait", "postgres", "valkey")
        compose.run("up", "--detach", "--no-deps", "edge")
        yield compose
    finally:
        compose.attempt("down", "--volumes", "--remove-orphans")


@pytest.fixture(scope="module")
def pods(compose: Compose) -> Iterator[Pods]:
    """Nothing runs in them yet."""
    pods = Pods(compose)
    try:
        yield pods
    finally:
        pods.stop()


async def test_the_tour_passes_through_the_rendered_workloads(compose: Compose, pods: Pods, tmp_path: Path) -> None:
    pods.prepare()
    assert "up to date" in pods.run("migrate")
    demo = json.loads(pods.run("demo", "load"))
    containers = pods.start()
    assert len(containers) == 10
    for container in containers:
        await eventually(partial(asyncio.to_thread, pods.is_ready, container), every=1)
    run_commands("tour.md", {"base_url": compose.base_url, "demo": demo}, tmp_path)
