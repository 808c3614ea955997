"""Signing out, as a client asks for it (OpenID Connect RP-Initiated Logout)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError

from services.access.principals.clients.queries import for_sign_in
from services.access.principals.sessions import operations as sessions
from services.access.principals.signing_keys import queries
from services.access.principals.tokens.authentication import TokenService
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from shared.auth.keys import ALGORITHM, InvalidToken, public_key, read_header, read_object
from shared.kernel.clock import now
from shared.kernel.errors import Malformed


@dataclass(frozen=True, slots=True)
class Hint:
    """An ID token of ours that a client shows, which may have expired: of whom and which session it is."""

    client_id: str
    account: UUID
    session: UUID


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """What a client asks: whom to sign out, and the registered address to go to afterwards."""

    hint: Hint | None
    address: str | None


async def read(service: TokenService, given: Mapping[str, str]) -> LeaveRequest:
    """The request. Raises Malformed `unregistered_redirect` for an address that the client did not register."""
    hint = await _hint(service, given.get("id_token_hint", ""))
    client_id = given.get("client_id") or (hint.client_id if hint else "")
    address = given.get("post_logout_redirect_uri")
    if hint is not None and hint.client_id != client_id:
        raise Malformed("The ID token is of another client.", code="unregistered_redirect")
    if address is None:
        return LeaveRequest(hint, None)
    async with service.database.acquire() as connection:
        client = await for_sign_in(connection, client_id) if client_id.isprintable() else None
    if client is None or address not in client.post_logout_redirect_uris:
        raise Malformed("The address is not one of this client.", code="unregistered_redirect")
    return LeaveRequest(hint, address)


async def leave(service: TokenService, signed_in: SignedIn | None, hint: Hint | None) -> None:
    """Ends the session of the browser and that of the client's ID token."""
    if signed_in is not None:
        async with browsers.acting(service.database, signed_in.account) as uow:
            await browsers.sign_out(uow, signed_in)
    if hint is not None:
        async with browsers.acting(service.database, hint.account) as uow:
            await sessions.end(uow, hint.account, hint.session, reason="signed out")


async def _hint(service: TokenService, token: str) -> Hint | None:
    """The hint, if we signed it; its age does not matter."""
    if not token:
        return None
    try:
        header = read_header(token)
        async with service.database.acquire() as connection:
            published = await queries.published(connection, now())
        key = next(key for key in published if key.get("kid") == header.get("kid"))
        if header.get("typ") != "JWT":
            return None
        claims = read_object(jws.deserialize_compact(token, public_key(key), [ALGORITHM]).payload)
        account = UUID(str(claims["sub"]).removeprefix("account:"))
        is_ours = claims.get("iss") == service.settings.issuer
        return Hint(str(claims["aud"]), account, UUID(str(claims["sid"]))) if is_ours else None
    except (InvalidToken, JoseError, ValueError, KeyError, StopIteration):
        return None
