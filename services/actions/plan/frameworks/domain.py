"""A framework: its core and exactly three proactive actions."""

from services.actions.plan.frameworks.record import Framework
from shared.kernel.lifecycle import Lifecycle
from shared.kernel.text import search_key

PILLARS = ("action-1", "action-2", "action-3")
PUBLISHED = frozenset({"current"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("current",), ())
"""A framework has no transitions: its dates define its validity."""


def titles_search_key(record: Framework) -> str:
    """The code and all titles, folded."""
    titles = [record.core["titles"], *(pillar["titles"] for pillar in record.pillars)]
    return search_key(record.code, *(text for title in titles for text in title.values()))
