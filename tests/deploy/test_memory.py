"""What is loaded before a process serves is not searched by its garbage collections."""

import gc

import pytest

from deploy.cli.memory import permanent


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
