"""What the token endpoints need, and how a client proves who it is: by a secret, a signature, or its name alone; and
the key that its tokens are bound to (DPoP, RFC 9449, 5)."""

import asyncio
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from services.access.principals.accounts.passwords import PasswordChecks
from services.access.principals.clients import queries as clients
from services.access.principals.clients.domain import AUTHORIZATION_CODE, digest, secrets_of
from services.access.principals.clients.record import Client
from services.access.principals.tokens import queries
from services.access.principals.tokens.assertions import Proof, claimed_client, prove
from services.access.principals.tokens.domain import Assertion, InvalidClient, Secret, unauthorized_client
from services.access.principals.tokens.signing import SigningKeys
from services.access.settings import AccessSettings
from shared.auth.proofs import InvalidProof, NonceNeeded, ProofChecks
from shared.auth.proofs import Request as Asked
from shared.auth.tokens import Authenticator
from shared.configuration.sealing import derived_key
from shared.database.pool import Database
from shared.database.statements import Connection
from shared.kernel.addresses import may_come_from, site_of
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.ratelimit.limiter import Limit, RateLimiter
from shared.web.request.proofs import proof_checks

TOKEN_PATH = "/access/v1/oauth/token"  # noqa: S105


@dataclass(frozen=True)
class TokenService:
    """The dependencies of the token endpoints. `inspector` reads the database every time."""

    database: Database
    settings: AccessSettings
    keys: SigningKeys
    passwords: PasswordChecks
    rate_limiter: RateLimiter
    inspector: Authenticator
    refresh_secret: bytes
    proofs: ProofChecks

    @classmethod
    def make(cls, database: Database, settings: AccessSettings, rate_limiter: RateLimiter) -> "TokenService":
        """The service of a process. It does not close the database and the rate limiter."""
        return cls(
            database,
            settings,
            SigningKeys(database, settings),
            PasswordChecks(),
            rate_limiter,
            Authenticator(database, settings, age=0.0, bound=1),
            derived_key(settings.secret_key.get_secret_value().encode(), "escm refresh tokens"),
            proof_checks(settings, rate_limiter),
        )

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences that an assertion may name."""
        issuer = self.settings.issuer.rstrip("/")
        return (self.settings.issuer, f"{issuer}{TOKEN_PATH}")


_REFUSAL_DELAY = 20_000
"""Microseconds. A rejection of a client waits a random part of them, since looking up an existing client takes some ten
longer."""


async def caller_client(
    token_service: TokenService, form: Mapping[str, str], shown: Secret | Assertion | None, address: str
) -> Client | None:
    """The client that calls: with its credentials, or a public one by its name; None if none says so.

    Raises InvalidClient, also for the mere name of a client that is not public.
    """
    if shown is None and "client_id" not in form:
        return None
    return await authenticate(token_service, shown or form["client_id"], address)


async def authenticate(token_service: TokenService, shown: Secret | Assertion | str | None, address: str) -> Client:
    """The authenticated client; for the mere name of a public one, that.

    Raises InvalidClient, or RateLimited after too many failures of this address.
    """
    failures = Limit("failed", token_service.settings.failed_authentications)
    await token_service.rate_limiter.refuse_spent(failures, site_of(address))
    try:
        return await _client(token_service, shown, address)
    except InvalidClient:
        await token_service.rate_limiter.hit(failures, site_of(address))
        await asyncio.sleep(secrets.randbelow(_REFUSAL_DELAY) / 1_000_000)
        raise


async def _client(token_service: TokenService, shown: Secret | Assertion | str | None, address: str) -> Client:
    if shown is None:
        raise InvalidClient("The client shows no credentials.")
    client_id = _named_client(shown)
    if isinstance(shown, Assertion) and shown.client_id not in (None, client_id):
        raise InvalidClient
    async with token_service.database.acquire() as connection:
        found = await clients.for_token(connection, client_id) if client_id.isprintable() else None
        if found is None or not may_come_from(address, found.ip_allow):
            raise InvalidClient
        if isinstance(shown, str) != found.public:
            raise InvalidClient
        if isinstance(shown, str):
            return found
        if isinstance(shown, Secret):
            _check_secret(shown, found)
        else:
            if found.jwks is None:
                raise InvalidClient
            proof = prove(shown.token, client_id, found.jwks, token_service.audiences, time.time())
            await _use_once(connection, proof)
    return found


def _named_client(shown: Secret | Assertion | str) -> str:
    if isinstance(shown, str):
        return shown
    return shown.client_id if isinstance(shown, Secret) else claimed_client(shown.token)


def _check_secret(shown: Secret, client: Client) -> None:
    given = digest(shown.secret)
    ends = [ends for known, ends in secrets_of(client) if hmac.compare_digest(given, bytes(known))]
    if not ends:
        raise InvalidClient
    if ends[0] is not None and ends[0] <= now():
        raise InvalidClient(f"The client's secret expired on {ends[0]:%Y-%m-%d}; use another one.")


async def _use_once(connection: Connection, proof: Proof) -> None:
    if not await queries.use_assertion(connection, proof.digest, datetime.fromtimestamp(proof.until, UTC)):
        raise InvalidClient("The assertion was used before.")


async def proved_key(token_service: TokenService, proof: str | None) -> str | None:
    """The thumbprint of the key that a token is asked for; None for a bearer token. Raises Malformed for a proof that
    proves nothing, and for one without the present nonce, which `DPoP-Nonce` of the response has."""
    if proof is None:
        return None
    asked = Asked("POST", f"{token_service.proofs.origin}{TOKEN_PATH}")
    try:
        return await token_service.proofs.thumbprint(proof, asked)
    except (InvalidProof, NonceNeeded) as fault:
        nonce = {name: value for name, value in fault.headers.items() if name == "DPoP-Nonce"}
        raise Malformed(fault.detail, code=fault.code, headers=nonce) from None


def require_grant(client: Client | None, grant: str) -> None:
    """Raises Malformed `unauthorized_client` if the client may not get tokens in this way."""
    if client is not None and grant not in client.grants:
        raise unauthorized_client()


def require_bound(client: Client | None, bound_to: str | None) -> None:
    """Raises Malformed `invalid_dpop_proof` if every token of the client is bound, and this one would not be."""
    if client is not None and client.dpop_bound and bound_to is None:
        raise Malformed("Tokens of this client are bound to a key: send a DPoP proof.", code="invalid_dpop_proof")


class Calling:
    """The client that calls for a person, if one says so, and the key that its token is bound to, if it proved one."""

    def __init__(self, client: Client | None, bound_to: str | None) -> None:
        require_grant(client, AUTHORIZATION_CODE)
        require_bound(client, bound_to)
        self.client, self.bound_to = client, bound_to

    @property
    def named(self) -> Client:
        """The client. Raises InvalidClient if none says that it calls."""
        if self.client is None:
            raise InvalidClient("The client does not say which one it is.")
        return self.client

    @property
    def session_key(self) -> str | None:
        """The key that a refresh token is bound to: that of a client which proves itself in no other way."""
        return self.bound_to if self.client is None or self.client.public else None
