"""Network addresses, as far as they tell who calls."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_ONE_SITE = 64


@lru_cache(maxsize=4096)
def site_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, also in its mapped form, or the /64 of an IPv6 address, since whoever
    has one of its addresses has all. Anything else is taken as it is, up to 64 characters.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ip_network((int(known), _ONE_SITE), strict=False))
    return str(known)
