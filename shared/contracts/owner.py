"""How an owner writes down the facts that it may announce."""

from collections.abc import Mapping

OF_TWO = ("transition_proposed", "transition_declined", "transition_withdrawn", "transition_expired")
"""What is announced of a record one of whose steps waits for a second person."""


def type_of(service: str, entity: str, what: str) -> str:
    """The CloudEvents type: `escm.membership.expert.activated.v1`."""
    return f"escm.{service}.{entity}.{what}.v1"


def owner(service: str, facts: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """The types of all facts of a service, given as `{entity: (what, …)}`."""
    return frozenset(type_of(service, entity, what) for entity, whats in facts.items() for what in whats)
