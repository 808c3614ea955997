"""Database addresses that name one server, or several of which one is the primary.

`urllib.parse` reads addresses of one server only: from Python 3.13 on it refuses `one:5432,[::1]:5432` as a host.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, unquote, urlsplit

_WRITABLE = ("primary", "read-write")
_PARTS = re.compile(r"([^:/?#]+://)?([^/?#]*)([^?#]*)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """`postgresql://user:password@one:5432,other:5432/name?options` in its parts; `str` joins them again."""

    scheme: str
    """With `://`; empty if there is none."""
    user: str
    """The name and, after a colon, the encoded password; empty if there is none."""
    hosts: str
    """Hosts with their ports, separated by commas."""
    path: str
    """A slash and the name of the database, or nothing."""
    options: str
    """A question mark and the options, or nothing."""

    @classmethod
    def of(cls, address: str) -> "DatabaseAddress":
        """The parts of any text."""
        scheme, authority, path, options = _PARTS.fullmatch(address).groups(default="")  # type: ignore[union-attr]
        user, _, hosts = authority.rpartition("@")
        return cls(scheme, user, hosts, path, options)

    def __str__(self) -> str:
        return f"{self.scheme}{self.user}{'@' if self.user else ''}{self.hosts}{self.path}{self.options}"

    @property
    def password(self) -> str | None:
        """The password as it is typed; None if there is none."""
        _, colon, password = self.user.partition(":")
        return unquote(password) if colon else None

    def with_user(self, user: str) -> "DatabaseAddress":
        """The same database for `name:password`."""
        return replace(self, user=user)

    def with_hosts(self, hosts: str) -> "DatabaseAddress":
        """The same database of other servers."""
        return replace(self, hosts=hosts)

    def with_database(self, name: str) -> "DatabaseAddress":
        """Another database of the same servers."""
        return replace(self, path=f"/{name}")


def each_server(address: str) -> list[str]:
    """The address of each server that `postgresql://user:password@one:5432,other:5432/name` names."""
    parts = DatabaseAddress.of(address)
    return [str(parts.with_hosts(host)) for host in parts.hosts.split(",")]


def fault_of_servers(address: str) -> str | None:
    """What is wrong with an address of several servers: it must ask for the one that takes writes."""
    parts = DatabaseAddress.of(address)
    if "," not in parts.hosts:
        return None
    asked = parse_qs(parts.options.removeprefix("?")).get("target_session_attrs", [""])[-1]
    return None if asked in _WRITABLE else "names several servers: add ?target_session_attrs=primary"


def as_user(user: str, url: str) -> str:
    """The address of a database for `name:password`."""
    return str(DatabaseAddress.of(url.replace("postgresql+asyncpg://", "postgresql://")).with_user(user))


def origin_of(address: str) -> str:
    """Scheme, host and port of an address; empty if it has none, or a name or password before the host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc and "@" not in parts.netloc else ""
