"""Collects the facts that a module declares as constants."""

from collections.abc import Mapping


def facts_in(module: Mapping[str, object]) -> frozenset[str]:
    """The types of facts among the constants of a module, such as `escm.membership.expert.activated.v1`."""
    return frozenset(value for value in module.values() if isinstance(value, str) and value.startswith("escm."))
