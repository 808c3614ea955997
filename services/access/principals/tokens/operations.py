"""Issues, revokes and introspects tokens."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from services.access.access import ROLES, TOKENS
from services.access.principals.accounts import queries as accounts
from services.access.principals.accounts.domain import LONGEST_PASSWORD
from services.access.principals.accounts.record import Account
from services.access.principals.clients.domain import CLIENT_CREDENTIALS
from services.access.principals.clients.record import Client
from services.access.principals.codes import operations as codes
from services.access.principals.devices import domain as devices_domain
from services.access.principals.devices import operations as devices
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions.domain import is_refresh_token
from services.access.principals.sessions.operations import Opening, Renewal, Renewing
from services.access.principals.sessions.queries import best_of
from services.access.principals.tokens import queries
from services.access.principals.tokens.authentication import (
    Calling,
    TokenService,
    authenticate,
    caller_client,
    proved_key,
    require_bound,
    require_grant,
)
from services.access.principals.tokens.domain import (
    CEILING,
    FREE_FAILURES,
    NEVER_LOCKED,
    PERSON_SCOPE,
    Assertion,
    LoginKeys,
    Secret,
    TokenResponse,
    invalid_grant,
    invalid_request,
    login_keys,
    require_this_api,
)
from services.access.principals.tokens.signing import SignIn, TokenOwner, seconds_of
from services.access.settings import AccessSettings
from shared.auth.keys import SKEW, Claims, InvalidToken, SignInClaims
from shared.database.context import SYSTEM_CONTEXT
from shared.database.statements import Connection
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.addresses import site_of
from shared.kernel.clock import now
from shared.kernel.errors import Malformed, RateLimited
from shared.kernel.principal import READ, Principal, PrincipalKind
from shared.kernel.step_up import Level, level_of
from shared.kernel.text import email_key
from shared.observability.traces import request_id
from shared.ratelimit.limiter import Limit, RateLimitState

Counted: TypeAlias = tuple[Limit, RateLimitState]


def grant_types(settings: AccessSettings) -> list[str]:
    """The kinds of requests for tokens that are accepted."""
    passwords = ["password"] if settings.gives_tokens_for_passwords else []
    devices = [devices_domain.GRANT_TYPE] if settings.device_codes else []
    return ["authorization_code", "client_credentials", *passwords, "refresh_token", *devices]


async def give_token(
    token_service: TokenService,
    form: Mapping[str, str],
    shown: Secret | Assertion | None,
    address: str,
    proof: str | None = None,
) -> tuple[TokenResponse, Counted | None]:
    """The response to a token request (RFC 6749, 4.1, 4.3, 4.4 and 6; RFC 8628, 3.4), and the rest of a client's limit.

    Raises Malformed (`invalid_request`, `invalid_target`, `unsupported_grant_type`, `unauthorized_client`,
    `invalid_grant`, and for devices what `devices_domain.Fault` has), InvalidClient, RateLimited. With a proof of a key
    (RFC 9449) the token is bound to that; raises Malformed (`invalid_dpop_proof`, `use_dpop_nonce`).
    """
    kind = form.get("grant_type")
    counted = None
    if kind is None:
        raise invalid_request("grant_type is missing.")
    require_this_api(form, token_service.settings.issuer)
    bound_to = await proved_key(token_service, proof)
    if kind == "client_credentials":
        client = await authenticate(token_service, shown, address)
        require_grant(client, CLIENT_CREDENTIALS)
        require_bound(client, bound_to)
        limit = Limit("token", token_service.settings.token_requests)
        await token_service.rate_limiter.require(limit, client.client_id)
        counted = limit, await token_service.rate_limiter.left(limit, client.client_id)
        scope = " ".join(f"{resource}:{verb}" for resource in client.resources for verb in client.verbs)
        owner = TokenOwner(PrincipalKind.CLIENT, client.id, client.client_id, scope, bound_to=bound_to)
        return _token_response(await token_service.keys.token(owner), owner), counted
    if kind == "authorization_code":
        caller = Calling(await caller_client(token_service, form, shown, address), bound_to)
        return await _for_code(token_service, form, caller), None
    if kind == "password" and token_service.settings.gives_tokens_for_passwords:
        account = await _log_in(token_service, form, address)
        renewal = await _opened(token_service, account, form.get("label"), bound_to)
        return await _person_response(token_service, renewal, Calling(None, bound_to)), None
    if kind == "refresh_token":
        caller = Calling(await caller_client(token_service, form, shown, address), bound_to)
        renewal = await _renewed(token_service, form, caller, address)
        return await _person_response(token_service, renewal, caller), None
    if kind == devices_domain.GRANT_TYPE and token_service.settings.device_codes:
        caller = Calling(await caller_client(token_service, form, shown, address), bound_to)
        return await _for_device(token_service, form, caller), None
    detail = f"Use one of: {', '.join(grant_types(token_service.settings))}."
    raise Malformed(detail, code="unsupported_grant_type")


def _token_response(token: str, owner: TokenOwner) -> TokenResponse:
    kind = "Bearer" if owner.bound_to is None else "DPoP"
    life = seconds_of(owner, now().timestamp())
    return {"access_token": token, "token_type": kind, "expires_in": life, "scope": owner.scope}


async def _person_response(
    token_service: TokenService, renewal: Renewal, caller: Calling, nonce: str | None = None
) -> TokenResponse:
    session = renewal.session
    scope, client_id = session.scope or PERSON_SCOPE, caller.client.client_id if caller.client else ""
    how = None
    if session.signed_in_at:
        methods = tuple(session.amr or ("pwd",))
        how = SignInClaims(level_of(session.acr), methods, int(session.signed_in_at.timestamp()), renewal.best)
    owner = TokenOwner(
        PrincipalKind.ACCOUNT, session.account_id, client_id, scope, session.id, how, caller.bound_to, session.ends_at
    )
    token = await token_service.keys.token(owner)
    left = int((renewal.until - now()).total_seconds())
    response: TokenResponse = {
        **_token_response(token, owner), "refresh_token": renewal.token, "refresh_expires_in": left
    }  # fmt: skip
    if "openid" in scope.split() and how:
        signed_in = SignIn(session.account_id, client_id, session.id, how, nonce)
        response["id_token"] = await token_service.keys.id_token(signed_in, token)
    return response


async def _for_code(token_service: TokenService, form: Mapping[str, str], caller: Calling) -> TokenResponse:
    missing = [name for name in ("code", "redirect_uri", "code_verifier") if name not in form]
    if missing:
        raise invalid_request(f"{missing[0]} is missing.")
    shown = codes.Shown(
        form["code"], caller.named.id, form["redirect_uri"], form["code_verifier"], caller.bound_to, caller.session_key
    )
    async with unit_of_work(token_service.database, SYSTEM_CONTEXT, Origin(request_id=request_id.get() or "")) as uow:
        redeemed = await codes.redeem(uow, shown)
    if redeemed is None:
        raise invalid_grant("The code is not valid.")
    renewal, nonce = redeemed
    return await _person_response(token_service, renewal, caller, nonce)


async def _for_device(token_service: TokenService, form: Mapping[str, str], caller: Calling) -> TokenResponse:
    if "device_code" not in form:
        raise invalid_request("device_code is missing.")
    client = caller.named
    async with unit_of_work(token_service.database, SYSTEM_CONTEXT, Origin(request_id=request_id.get() or "")) as uow:
        redeemed = await devices.redeem(uow, form["device_code"], client.id, caller.session_key)
    if isinstance(redeemed, str):
        raise Malformed(devices_domain.SENTENCES[redeemed], code=redeemed)
    return await _person_response(token_service, redeemed, caller)


async def _opened(token_service: TokenService, account: Account, label: str | None, bound_to: str | None) -> Renewal:
    actor = Principal(PrincipalKind.ACCOUNT, account.id, account.name)
    async with unit_of_work(token_service.database, SYSTEM_CONTEXT, Origin(actor, request_id.get() or "")) as uow:
        return await sessions.open_session(uow, Opening(account.id, label, bound_to=bound_to))


async def _renewed(token_service: TokenService, form: Mapping[str, str], caller: Calling, address: str) -> Renewal:
    token = form.get("refresh_token")
    if token is None:
        raise invalid_request("refresh_token is missing.")
    failures = Limit("failed", token_service.settings.failed_authentications)
    await token_service.rate_limiter.refuse_spent(failures, site_of(address))
    async with unit_of_work(token_service.database, SYSTEM_CONTEXT, Origin(request_id=request_id.get() or "")) as uow:
        renewal = await sessions.renew(uow, token, _renewing(token_service, caller))
    if renewal is None:
        await token_service.rate_limiter.hit(failures, site_of(address))
        raise invalid_grant("The refresh token is not valid; sign in again.")
    return renewal


def _renewing(token_service: TokenService, caller: Calling) -> Renewing:
    client, secret = caller.client, token_service.refresh_secret
    if client is None:
        return Renewing(secret, bound_to=caller.bound_to)
    return Renewing(secret, client.id, keeps_token=not client.public, bound_to=caller.bound_to)


async def _log_in(token_service: TokenService, form: Mapping[str, str], address: str) -> Account:
    username, password = form.get("username"), form.get("password")
    if username is None or password is None:
        raise invalid_request("username and password are needed.")
    found = await proves_password(token_service, email_key(username), password, address)
    if found is None:
        raise invalid_grant()
    async with token_service.database.acquire() as connection:
        if await best_of(connection, found.id) is not Level.ONE_FACTOR:
            raise invalid_grant("The account has a second factor: sign in on the page.")
    return found


async def proves_password(token_service: TokenService, key: str, password: str, address: str) -> Account | None:
    """The account of a folded address with this password; None for a wrong one, which counts as a failure.

    Raises RateLimited after too many failures.
    """
    failures = Limit("failed", token_service.settings.failed_authentications)
    await token_service.rate_limiter.refuse_spent(failures, site_of(address))
    found = await _person(token_service, key, password, address)
    if found is None:
        await token_service.rate_limiter.hit(failures, site_of(address))
    return found


async def _person(token_service: TokenService, key: str, password: str, address: str) -> Account | None:
    if len(password) > LONGEST_PASSWORD or not key.isprintable():
        return None
    keys = login_keys(key, address)
    async with token_service.passwords.hashing_slot():
        async with token_service.database.acquire() as connection:
            before = await queries.failures(connection, keys)
            account = await accounts.for_login(connection, key)
        wait = (before.locked_until - now()).total_seconds()
        if wait > 0:
            raise RateLimited("Too many wrong passwords from this address.", retry_after=int(wait) + 1)
        stored = account.password_hash if account else None
        right = await token_service.passwords.matches(stored, password)
        if right and not before.was_wrong:
            return account
        async with token_service.database.acquire() as connection:
            if right:
                await queries.login_succeeded(connection, keys.here)
            else:
                await _count_failure(token_service, connection, keys, before.anywhere)
    return account if right else None


async def _count_failure(token_service: TokenService, connection: Connection, keys: LoginKeys, anywhere: int) -> None:
    """Counts a wrong password; a network is counted once for each account for which it fails."""
    free = FREE_FAILURES if anywhere < CEILING else 0
    if await queries.login_failed(connection, keys.here, free) == 1:
        await queries.login_failed(connection, keys.place, token_service.settings.failed_accounts)
    await queries.login_failed(connection, keys.anywhere, NEVER_LOCKED)


async def revoke(
    token_service: TokenService, form: Mapping[str, str], shown: Secret | Assertion | None, address: str
) -> None:
    """Revokes a token before its expiry (RFC 7009). A client revokes its own; whoever has a person's token revokes
    that; a refresh token ends its session.

    A token that is not valid, or is another's, does not change, and no error is raised.
    """
    token, client = form["token"], await caller_client(token_service, form, shown, address)
    if is_refresh_token(token):
        origin = Origin(request_id=request_id.get() or "")
        async with unit_of_work(token_service.database, SYSTEM_CONTEXT, origin) as uow:
            await sessions.end_by_token(uow, token, client.id if client else None)
        return
    claims = await _claims(token_service, token)
    if claims is None or claims.client_id != (client.client_id if client else ""):
        return
    until = datetime.fromtimestamp(claims.expires_at + SKEW, UTC)
    async with token_service.database.acquire() as connection:
        await queries.revoke_token(connection, claims.token_id, claims.kind, claims.subject, until)


async def introspect(
    token_service: TokenService, token: str, shown: Secret | Assertion | None, address: str
) -> Mapping[str, object]:
    """The state of a token now (RFC 7662), for the client that it was issued to, and for clients whose grants permit
    them to read tokens everywhere; for any other client no token is active."""
    client = await authenticate(token_service, shown, address)
    claims = await _claims(token_service, token)
    if claims is None or not (claims.client_id == client.client_id or await _reads_tokens(token_service, client)):
        return {"active": False}
    kind = "Bearer" if claims.bound_to is None else "DPoP"
    return {"active": True, "token_type": kind, **claims.document(token_service.keys.rules)}


async def _reads_tokens(token_service: TokenService, client: Client) -> bool:
    principal = await token_service.inspector.principal_of_kind(PrincipalKind.CLIENT, client.id)
    return principal.permission_scope(ROLES, TOKENS, READ).everywhere


async def _claims(token_service: TokenService, token: str) -> Claims | None:
    try:
        return await token_service.inspector.inspected(token)
    except InvalidToken:
        return None
