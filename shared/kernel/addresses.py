"""Network addresses: which count as one caller, and which are allowed."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_ONE_SITE, _MAPPED = 64, 96


@lru_cache(maxsize=4096)
def site_of(address: str) -> str:
    """The key under which a caller is counted: an IPv4 address, also in its mapped form, or the /64 of an IPv6 address,
    since its holder has all of them. Anything else unchanged, up to 64 characters."""
    known = _parsed(address)
    if known is None:
        return address[:64]
    if isinstance(known, IPv6Address):
        return str(ip_network((int(known), _ONE_SITE), strict=False))
    return str(known)


def may_come_from(address: str, allowed: Collection[str]) -> bool:
    """Whether the address is in one of these networks, or none is given."""
    if not allowed:
        return True
    here = _parsed(address)
    return here is not None and any(here in _network(network) for network in allowed)


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network:
    """The network; for one of mapped addresses, the IPv4 network."""
    network = ip_network(text)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED:
        return network
    return ip_network((int(mapped), network.prefixlen - _MAPPED))


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address; for a mapped one, the IPv4 address; None if it is not an address."""
    try:
        known = ip_address(address)
    except ValueError:
        return None
    return getattr(known, "ipv4_mapped", None) or known
