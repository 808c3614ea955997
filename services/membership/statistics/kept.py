"""Answers that are kept while the counts stay what they were."""

from collections.abc import Hashable

from shared.records.counts import State

_ANSWERS = 128
_LARGEST = 128 * 1024


class KeptAnswers:
    """The latest 128 answers of a process, of up to 128 KiB each, with the state of the counts before they were read.

    States never come back, so an answer of the present state holds every change that is committed.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[State, bytes]] = {}

    def get(self, key: Hashable, state: State) -> bytes | None:
        """The answer, where it is of this state."""
        found = self._kept.get(key)
        return found[1] if found is not None and found[0] == state else None

    def keep(self, key: Hashable, state: State, answer: bytes) -> None:
        """Keeps it instead of the earlier one; the oldest goes beyond the bound."""
        self._kept.pop(key, None)
        if len(answer) > _LARGEST:
            return
        if len(self._kept) >= _ANSWERS:
            self._kept.pop(next(iter(self._kept)))
        self._kept[key] = (state, answer)
