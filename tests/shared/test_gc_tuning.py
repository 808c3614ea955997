"""Garbage collections over living objects are rare while any work requests it."""

import gc
import subprocess
import sys

from shared.kernel.gc_tuning import reduced_gc

_STARTED = """
import gc
from shared.kernel.gc_tuning import freeze_started, reduced_gc
usual = gc.get_threshold()
gc.freeze()
freeze_started()
frozen, serving = gc.get_freeze_count(), gc.get_threshold()
assert frozen > 1_000 and serving > usual
freeze_started()
assert gc.get_freeze_count() <= frozen
gc.unfreeze()
with reduced_gc():
    assert gc.get_threshold() > serving
assert gc.get_threshold() == serving
"""


def test_work_that_ends_first_leaves_the_passes_rare_for_the_other() -> None:
    before = gc.get_threshold()
    long, short = reduced_gc(), reduced_gc()
    with long:
        seldom = gc.get_threshold()
        with short:
            assert gc.get_threshold() == seldom
        assert gc.get_threshold() == seldom != before
    assert gc.get_threshold() == before


def test_what_a_start_made_is_frozen_once() -> None:
    subprocess.run([sys.executable, "-c", _STARTED], check=True)
