"""A notice has one state: another version is another notice."""

from shared.kernel.lifecycle import Lifecycle

CONFLICT_OF_INTEREST, LISTING = "conflict_of_interest", "listing"
PURPOSES = (
    CONFLICT_OF_INTEREST,
    LISTING,
    "search_engines",
    "contact",
    "outreach",
    "balance",
    "results",
    "orcid",
)
PUBLISHED = frozenset({"published"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("published",), ())
