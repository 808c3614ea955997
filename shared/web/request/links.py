"""Links: addresses of one file that need no header for a few minutes, so that a browser can fetch it.

The last parameter of the query seals the caller, the address and an end under the secret of the installation. A link
answers as its address would answer the caller now.
"""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from starlette.types import Scope

from shared.configuration import tickets
from shared.kernel.errors import Forbidden, Gone
from shared.kernel.principal import Principal, PrincipalKind

PARAMETER = "link"
_MARK = f"{PARAMETER}=".encode()
_PURPOSE = "links of files"
_KEY = "escm.link"
_KINDS = (PrincipalKind.ACCOUNT, PrincipalKind.CLIENT, PrincipalKind.KEY)


class Linked(NamedTuple):
    """Whom a link is for."""

    kind: PrincipalKind
    caller: UUID


def linked_address(secret: bytes, address: str, caller: Principal, until: datetime) -> str:
    """The link of an address for a caller. Raises ValueError for a caller without an id."""
    if caller.id is None:
        raise ValueError("a link is bound to a caller")
    content = bytes([_KINDS.index(caller.kind)]) + caller.id.bytes + sha256(address.encode()).digest()
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={tickets.ticket(secret, _PURPOSE, content, until)}"


def take_link(scope: Scope) -> bool:
    """Moves the link out of the query of a read, and returns whether there is one."""
    query: bytes = scope.get("query_string", b"")
    if _MARK not in query or scope["method"] != "GET":
        return False
    before, _, ticket = query.rpartition(_MARK)
    if before and not before.endswith(b"&"):
        return False
    scope["query_string"], scope[_KEY] = before.removesuffix(b"&"), ticket
    return True


def opened(scope: Scope, secret: bytes) -> Linked | None:
    """Whom the link of a request is for; None without a link. Raises Forbidden `signature_not_valid` for another
    address, Gone `link_expired`."""
    ticket: bytes | None = scope.get(_KEY)
    if ticket is None:
        return None
    found = tickets.opened(secret, _PURPOSE, ticket.decode("latin-1"))
    query = scope["query_string"].decode("latin-1")
    address = f"{scope['path']}?{query}" if query else scope["path"]
    if found is None or found[0][17:] != sha256(address.encode()).digest():
        raise Forbidden("This is not a link that was made here.", code="signature_not_valid")
    content, is_over = found
    if is_over:
        raise Gone("The link has expired. Ask for another one.", code="link_expired")
    return Linked(_KINDS[content[0]], UUID(bytes=content[1:17]))
