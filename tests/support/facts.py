"""Types of facts by their parts."""

from shared.kernel.resource import Resource


def type_of(service: str, entity: str, what: str) -> str:
    """The type of what happened to a record: `escm.membership.expert.activated.v1`."""
    return Resource(service, "", entity).fact(what)
