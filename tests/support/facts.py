"""Fact types from their parts."""

from shared.kernel.resource import Resource


def type_of(service: str, entity: str, what: str) -> str:
    """The type of a fact about a record: `escm.membership.expert.activated.v1`."""
    return Resource(service, "", entity).fact(what)
