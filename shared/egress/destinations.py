"""Which addresses outside may be opened, as far as an address says it itself. Where a name leads is checked when the
connection is made."""

import re
import socket
from collections.abc import Collection
from ipaddress import ip_address
from typing import Literal, TypeAlias

from shared.kernel.addresses import is_public

Fault: TypeAlias = Literal["unusable_url", "address_refused"]
LONGEST_URL = 2_000
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[/?][!$%&'()*+,./0-9:;=?@A-Z_a-z~-]*)?",
    re.ASCII,
)
"""A host is a name in ASCII or a literal, without a user, and nothing after it is a fragment: what two parsers could
read differently is no address."""
_PORTS = {"http": 80, "https": 443}


class Destinations:
    """What may be opened: https at these ports of public addresses; with `loopback`, on a laptop and in tests, also
    http and any port of this machine."""

    def __init__(self, ports: Collection[int] = (443,), *, loopback: bool = False) -> None:
        self._ports = frozenset(ports)
        self._loopback = loopback

    def fault_of(self, url: str) -> Fault | None:
        """Why the address cannot be opened, or None as far as it says it."""
        found = _URL.fullmatch(url)
        if found is None or len(url) > LONGEST_URL:
            return "unusable_url"
        host = found["host"].strip("[]")
        literal = _literal(host)
        if ":" in host and literal is None:
            return "unusable_url"
        if literal is not None and not self.allows(literal):
            return "address_refused"
        is_here = self._loopback and (host == "localhost" or (literal is not None and _is_loopback(literal)))
        port = int(found["port"] or _PORTS[found["scheme"]])
        if not is_here and (found["scheme"] != "https" or port not in self._ports):
            return "unusable_url"
        return None if 0 < port < 65_536 else "unusable_url"

    def allows(self, address: str) -> bool:
        """Whether a connection to this network address may be made."""
        return is_public(address) or (self._loopback and _is_loopback(address))


def _literal(host: str) -> str | None:
    """The network address that a host is in any form that a resolver reads without asking, such as `0x7f.1`."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def _is_loopback(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback
