"""A notice has one state: another version is another notice."""

from shared.kernel.lifecycle import Lifecycle

CONFLICT_OF_INTEREST = "conflict_of_interest"
PURPOSES = (
    CONFLICT_OF_INTEREST,
    "listing",
    "search_engines",
    "contact",
    "outreach",
    "balance",
    "results",
    "orcid",
)
PUBLISHED = frozenset({"published"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("published",), ())
