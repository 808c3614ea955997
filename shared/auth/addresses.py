"""From where somebody may come."""

from collections.abc import Collection
from ipaddress import ip_address, ip_network


def may_come_from(address: str, allowed: Collection[str]) -> bool:
    """Whether the address lies in one of these networks; anywhere does where none is named."""
    if not allowed:
        return True
    try:
        here = ip_address(address)
    except ValueError:
        return False
    here = getattr(here, "ipv4_mapped", None) or here
    return any(here in ip_network(network) for network in allowed)
