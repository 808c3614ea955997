"""Passes over what is alive are rare while any work asks for it."""

import gc

from shared.kernel.garbage import few_collections


def test_work_that_ends_first_leaves_the_passes_rare_for_the_other() -> None:
    usual = gc.get_threshold()
    long, short = few_collections(), few_collections()
    with long:
        seldom = gc.get_threshold()
        with short:
            assert gc.get_threshold() == seldom
        assert gc.get_threshold() == seldom != usual
    assert gc.get_threshold() == usual
