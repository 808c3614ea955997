"""The way to an identity provider and back (OpenID Connect Core, 3.1)."""

import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

import structlog

from services.access.federation.providers.operations import sealer
from services.access.federation.providers.record import IdentityProvider
from services.access.federation.remote.domain import SIGNS, Discovery, Unusable
from services.access.federation.remote.providers import RemoteProviders
from services.access.federation.remote.tokens import Expected, Subject, id_token
from services.access.principals.sessions.domain import digest
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.domain import ASSERTION_TYPE
from services.access.self_service.federated import domain, linking, queries
from services.access.self_service.federated.domain import Secrets
from services.access.self_service.federated.queries import Start
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.operations import How
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import callback_of, with_query
from shared.auth.keys import InvalidToken
from shared.auth.signatures import key_named
from shared.configuration.sealing import derived_key
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import Origin, unit_of_work
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.kernel.step_up import mapped_level
from shared.observability.traces import request_id

log = structlog.get_logger(__name__)
_AT_ONCE = 60
"""Seconds after a sign-in at the provider for which it counts as one of now."""


@dataclass(frozen=True, slots=True)
class Federation:
    """What signing in at providers needs of the process."""

    service: TokenService
    remote: RemoteProviders


@dataclass(frozen=True, slots=True)
class Wished:
    """How a person should sign in at the provider: in which language, with which address, and whether anew."""

    language: str
    login_hint: str = ""
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came back, what for, in which browser, and who was signed in there."""

    subject: Subject
    went_for: Start
    before: SignedIn | None
    language: str


def refused(detail: str) -> Malformed:
    """The error for a sign-in that the provider refuses, or that its answer does not prove."""
    return Malformed(detail, code="provider_refused")


async def leave_for(
    federation: Federation, provider: IdentityProvider, cookie: str, went_for: Start, wished: Wished
) -> str:
    """The address of the provider that the browser is sent to. Raises Unavailable."""
    discovery = await federation.remote.discovery(provider.issuer)
    state = domain.new_state()
    one_way = Secrets.of(state, _key(federation.service))
    async with unit_of_work(federation.service.database, SYSTEM_CONTEXT) as uow:
        await queries.add(
            uow.connection,
            went_for,
            digest=digest(state),
            browser=digest(cookie),
            provider=provider.id,
            until=now() + domain.LIFE,
        )
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _callback(federation.service, provider),
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": one_way.nonce,
        "code_challenge": one_way.challenge,
        "code_challenge_method": "S256",
        "ui_locales": wished.language,
        **({"login_hint": wished.login_hint} if wished.login_hint else {}),
        **({"prompt": "login"} if wished.anew else {}),
    }
    return with_query(discovery.authorization_endpoint, asked)


async def returned(
    federation: Federation, provider: IdentityProvider, cookie: str | None, given: Mapping[str, str]
) -> Start:
    """What somebody who comes back went to the provider for. Raises Malformed `form_expired` if this browser did not go
    there, or does so a second time."""
    async with unit_of_work(federation.service.database, SYSTEM_CONTEXT) as uow:
        state = digest(given.get("state", ""))
        went_for = await queries.take(uow.connection, state, digest(cookie or ""), provider.id, now())
    if went_for is None:
        raise Malformed("The sign-in did not begin in this browser, or long ago.", code="form_expired")
    return went_for


async def proved(federation: Federation, provider: IdentityProvider, given: Mapping[str, str]) -> Subject:
    """Who signed in at the provider. Raises Malformed `provider_refused` for an answer that proves nothing, and
    Unavailable."""
    discovery = await federation.remote.discovery(provider.issuer)
    if given.get("iss", None if discovery.answers_with_issuer else provider.issuer) != provider.issuer:
        raise refused("The answer is of another issuer.")
    if "error" in given or not given.get("code"):
        raise refused("The provider did not sign the person in.")
    one_way = Secrets.of(given["state"], _key(federation.service))
    try:
        response = await _exchange(federation, provider, discovery, given["code"], one_way.verifier)
        token, access = response.get("id_token"), response.get("access_token", "")
        if not isinstance(token, str) or not isinstance(access, str):
            raise refused("The provider gave no ID token.")
        keys = await federation.remote.keys(provider.issuer, key_named(token))
        expected = Expected(provider.issuer, provider.client_id)
        return id_token(token, keys, expected, one_way.nonce, access, time.time())
    except (Unusable, InvalidToken) as error:
        log.warning("provider_refused", provider=provider.code, cause=_cause(error))
        raise refused("The answer of the provider is not valid.") from None


def _cause(error: Exception) -> str:
    return str(error) if isinstance(error, Unusable) else "the ID token is not valid"


async def arrive(federation: Federation, provider: IdentityProvider, arrival: Arrival) -> str | None:
    """Signs the person in, or links their identity with the account that is signed in. Returns the new cookie of the
    browser; None after linking.

    Raises Conflict `identity_taken`, Forbidden `identity_not_linked`, Invalid for an invitation that is not valid.
    """
    subject, went_for = arrival.subject, arrival.went_for
    person = domain.person(subject.claims, provider.claims)
    origin = Origin(request_id=request_id.get() or "")
    if went_for.account_id is not None:
        if arrival.before is None or arrival.before.account != went_for.account_id:
            raise Malformed("Somebody else is signed in now.", code="form_expired")
        async with browsers.acting(federation.service.database, went_for.account_id) as uow:
            await linking.link(uow, provider, went_for.account_id, subject.subject, person)
        return None
    async with unit_of_work(federation.service.database, SYSTEM_CONTEXT, origin) as uow:
        account: UUID
        if went_for.invitation is not None:
            account = await linking.accept(uow, provider, went_for.invitation, subject.subject, person)
        else:
            account = await linking.account_of(uow, provider, subject.subject, person, arrival.language)
        reached = mapped_level(provider.levels, subject.acr, subject.amr)
        how = How(reached, subject.amr, provider.id, subject.sid, _signed_in_at(subject))
        return await browsers.sign_in(uow, account, arrival.before, how)


def _signed_in_at(subject: Subject) -> datetime | None:
    """When the person signed in there, if that was some time ago."""
    return datetime.fromtimestamp(subject.signed_in_at, UTC) if time.time() - subject.signed_in_at > _AT_ONCE else None


async def _exchange(
    federation: Federation, provider: IdentityProvider, discovery: Discovery, code: str, verifier: str
) -> Mapping[str, object]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _callback(federation.service, provider),
        "code_verifier": verifier,
        "client_id": provider.client_id,
    }
    headers: dict[str, str] = {}
    if provider.auth == SIGNS:
        form["client_assertion_type"] = ASSERTION_TYPE
        form["client_assertion"] = await federation.service.keys.assertion(provider.client_id, provider.issuer)
    else:
        secret = _secret(federation.service, provider)
        if discovery.basic:
            pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_secret"] = secret
    return await federation.remote.exchange(discovery.token_endpoint, form, headers)


def _secret(service: TokenService, provider: IdentityProvider) -> str:
    """The secret at the provider. Raises Unusable if that of the installation has changed."""
    seal = sealer(service.settings.secret_key.get_secret_value().encode())
    opened = seal.open(provider.sealed or b"", str(provider.id))
    if opened is None:
        raise Unusable("The secret cannot be read.")
    return opened.decode()


def _callback(service: TokenService, provider: IdentityProvider) -> str:
    return f"{service.settings.issuer.rstrip('/')}{callback_of(provider.code)}"


def _key(service: TokenService) -> bytes:
    return derived_key(service.settings.secret_key.get_secret_value().encode(), "escm ways to providers")
