"""Database addresses that name one server, or several of which one is the primary."""

from urllib.parse import parse_qs, urlsplit, urlunsplit

_WRITABLE = ("primary", "read-write")


def each_server(address: str) -> list[str]:
    """The address of each server that `postgresql://user:password@one:5432,other:5432/name` names."""
    parts = urlsplit(address)
    user, at, hosts = parts.netloc.rpartition("@")
    return [urlunsplit(parts._replace(netloc=f"{user}{at}{host}")) for host in hosts.split(",")]


def fault_of_servers(address: str) -> str | None:
    """What is wrong with an address of several servers: it must ask for the one that takes writes."""
    if len(each_server(address)) == 1:
        return None
    asked = parse_qs(urlsplit(address).query).get("target_session_attrs", [""])[-1]
    return None if asked in _WRITABLE else "names several servers: add ?target_session_attrs=primary"
