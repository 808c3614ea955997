"""A framework: its core and exactly three proactive actions."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.kernel.lifecycle import Lifecycle
from shared.kernel.text import search_key

PILLARS = ("action-1", "action-2", "action-3")
PUBLISHED = frozenset({"current"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("current",), ())
"""A framework takes no steps: its validity says when it holds."""


def names_search_key(code: str, core: Mapping[str, Any], pillars: Sequence[Mapping[str, Any]]) -> str:
    """The code and all titles, folded."""
    titles = [core["titles"], *(pillar["titles"] for pillar in pillars)]
    return search_key(code, *(text for title in titles for text in title.values()))
