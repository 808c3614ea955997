"""Samples of events and resets: which caller gets them, of which country."""

from shared.contracts.readers import entities, permission_scope_of
from shared.contracts.registry import FACTS
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource

SANDBOX = Resource("access", "sandbox", "sandbox")


def resource_of(fact_type: str) -> str | None:
    """The resource whose records a type of event is about, such as `membership.experts`; None for an unknown type, and
    for one that nobody follows."""
    service, entity = fact_type.split(".")[1:3] if fact_type in FACTS else ("", "")
    return entities().get(f"{service}.{entity}")


def country_for(principal: Principal, resource: str, asked: str | None) -> str | None:
    """The fictional country of which the caller reads such records: the one asked for, or the first; None without
    one."""
    reach = permission_scope_of(principal, resource)
    readable = FICTIONAL_CODES if reach.everywhere else FICTIONAL_CODES & reach.countries
    chosen = sorted(readable if asked is None else readable & {asked})
    return chosen[0] if chosen else None
