"""What is loaded before a process serves is not searched by its garbage collections, and is no more than it needs."""

import gc
import subprocess
import sys

import pytest

from deploy.cli.memory import permanent
from deploy.local.folder import PROJECT
from deploy.local.services import WITH_WORKER
from tests.support.tiers import long

_LARGE = ("deploy.demo", "fastapi", "httpx", "migrations", "redis", "sqlalchemy")


def test_objects_of_the_start_are_frozen_and_collections_run_again() -> None:
    frozen = gc.get_freeze_count()
    try:
        with permanent():
            assert not gc.isenabled()
            loaded = [[number] for number in range(1_000)]
        assert gc.get_freeze_count() >= frozen + len(loaded)
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_a_failed_start_leaves_collections_on() -> None:
    try:
        with pytest.raises(ImportError), permanent():
            raise ImportError("missing")
        assert gc.isenabled()
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("started", "absent"),
    [
        ("deploy.cli.foreground", _LARGE),
        *long("loads a worker", *((f"services.{service}.worker", ("fastapi", "starlette")) for service in WITH_WORKER)),
        *long("loads a worker", ("services.actions.global_report.publishing_worker", ("fastapi", "starlette"))),
    ],
)
def test_a_process_loads_nothing_large_that_it_does_not_need(started: str, absent: tuple[str, ...]) -> None:
    program = f"import sys, {started}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert [name for name in absent if name in done.stdout.split()] == []
