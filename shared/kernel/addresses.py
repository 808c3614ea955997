"""Network addresses: which count as one caller, and which are allowed."""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_ONE_SITE, _MAPPED = 64, 96
_REFUSED = tuple(
    map(
        IPv6Network,
        ("2001::/32", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "fec0::/10"),
    )
)
"""Networks whose addresses contain an IPv4 address (Teredo, 6to4, NAT64, the compatible and the translated form), and
those of one site, which Python counts as global."""


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


def is_public(address: str) -> bool:
    """Whether an address can be that of a system outside: not private, not of this machine, not for many receivers, and
    none that a gateway translates to such a one."""
    known = _parsed(address.partition("%")[0])
    return (
        known is not None
        and known.is_global
        and not known.is_multicast
        and not any(known in network for network in _REFUSED)
    )


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
