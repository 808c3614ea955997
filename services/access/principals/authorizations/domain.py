"""What a person consents to."""

from shared.kernel.lifecycle import Lifecycle, transition

END = "end"
LIFECYCLE: Lifecycle[None] = Lifecycle(("active", "ended"), (transition(END, "active", "ended"),))


def covers(consented: str | None, asked: str) -> bool:
    """Whether a consent to one scope is one to the other."""
    return set(asked.split()) <= set((consented or "").split())


def together(consented: str | None, asked: str) -> str:
    """The scope of two consents."""
    return " ".join(sorted({*(consented or "").split(), *asked.split()}))
