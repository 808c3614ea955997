"""Holders of memory have a common bound; the longest holder that can release its memory does."""

from shared.web.edge.budget import MemoryBudget


class Holder:
    def __init__(self, can_give_way: bool = True) -> None:
        self.can_give_way = can_give_way
        self.gave_way = False

    def give_way(self) -> bool:
        self.gave_way = self.can_give_way
        return self.can_give_way


def test_within_the_bound_nobody_gives_way():
    budget, first, second = MemoryBudget(10), Holder(), Holder()
    assert budget.reserve(first, 4)
    assert budget.reserve(second, 6)
    assert (budget.total, first.gave_way) == (10, False)


def test_who_holds_longest_gives_way_and_no_more_than_are_needed():
    budget, holders = MemoryBudget(10), [Holder() for _ in range(4)]
    for holder in holders:
        assert budget.reserve(holder, 4)
    assert [holder.gave_way for holder in holders] == [True, True, False, False]
    assert budget.total == 8


def test_who_cannot_give_way_is_passed_over_and_the_last_is_refused():
    budget, busy, slow, new = MemoryBudget(10), Holder(can_give_way=False), Holder(), Holder()
    assert budget.reserve(busy, 8)
    assert budget.reserve(slow, 2)
    assert budget.reserve(new, 2)
    assert (slow.gave_way, budget.total) == (True, 10)
    assert not budget.reserve(new, 3)
    budget.release(new)
    assert budget.total == 8


def test_growing_and_releasing_are_counted_once():
    budget, holder = MemoryBudget(10), Holder()
    for size in (3, 7, 5):
        assert budget.reserve(holder, size)
        assert budget.total == size
    for _ in range(2):
        budget.release(holder)
        assert budget.total == 0
