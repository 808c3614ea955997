"""Codes for devices, and what a person decides about them (RFC 8628)."""

import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from services.access.principals.clients.queries import for_sign_in
from services.access.principals.devices import domain, queries
from services.access.principals.devices import operations as devices
from services.access.principals.devices.domain import Decision
from services.access.principals.devices.operations import Codes
from services.access.principals.devices.queries import Waiting
from services.access.principals.tokens.authentication import TokenService, caller_client
from services.access.principals.tokens.domain import Assertion, InvalidClient, Secret, require_this_api
from services.access.signing_in.authorizing.domain import scope_of
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import AUTHORIZE, DEVICE
from shared.configuration.sealing import derived_key, text_of_bytes
from shared.kernel.addresses import site_of
from shared.kernel.clock import now
from shared.kernel.errors import Malformed, NotFound
from shared.kernel.step_up import OWN
from shared.ratelimit.limiter import Limit

_REQUESTS = Limit("device", 30)
"""Requests for codes of one network in a minute."""
_TRIES = Limit("device_code", 5, 600)
"""Wrong codes of one person in ten minutes."""
_PAGES = "escm-pages"
"""The client that our own pages are: whoever opens the page of devices signs in to it first."""


def require_devices(service: TokenService) -> None:
    """Raises NotFound where nobody signs in by a code."""
    if not service.settings.device_codes:
        raise NotFound


def page_of(service: TokenService) -> str:
    """The address of the page on which people enter codes."""
    return f"{service.settings.issuer.rstrip('/')}{DEVICE}"


async def give(service: TokenService, form: Mapping[str, str], shown: Secret | Assertion | None, address: str) -> Codes:
    """Codes for a command line. Raises InvalidClient, Malformed and RateLimited."""
    network = site_of(address)
    await service.rate_limiter.require(_REQUESTS, network)
    require_this_api(form, service.settings.issuer)
    caller = await caller_client(service, form, shown, address)
    if caller is None:
        raise InvalidClient("The client does not say which one it is.")
    async with browsers.acting(service.database, None) as uow:
        client = await for_sign_in(uow.connection, caller.client_id)
        if client is None or not domain.is_command_line(client):
            raise Malformed("People sign in to this client with a browser.", code="unauthorized_client")
        scope = scope_of(form.get("scope", ""), client)
        if scope is None:
            raise Malformed("The scope is unknown, or wider than that of the client.", code="invalid_scope")
        return await devices.give(uow, _key(service), client.id, scope, network)


def address_of_sign_in(service: TokenService, signed_in: SignedIn | None, user_code: str, language: str) -> str:
    """Where a person signs in before they decide, as surely as they can reach. They come back to the page of devices as
    to any client."""
    asked = {
        "response_type": "code",
        "client_id": _PAGES,
        "redirect_uri": page_of(service),
        "code_challenge": text_of_bytes(hashlib.sha256(secrets.token_bytes(32)).digest()),
        "code_challenge_method": "S256",
        "max_age": str(OWN.max_age),
        "ui_locales": language,
        "state": user_code[: domain.LONGEST_TYPED],
    }
    if signed_in is not None:
        asked["acr_values"] = str(OWN.level_for(signed_in.best))
    return f"{AUTHORIZE}?{urlencode(asked)}"


async def waiting(service: TokenService, signed_in: SignedIn, form: Mapping[str, str]) -> tuple[bytes, Waiting] | None:
    """The device whose code was typed, with the stored form of the code; None for a code that waits for nobody, which
    counts as a wrong one. Raises RateLimited after five."""
    await service.rate_limiter.refuse_spent(_TRIES, str(signed_in.account))
    code = domain.typed_code(form.get("user_code", ""))
    if code is not None:
        key = domain.user_digest(_key(service), code)
        async with browsers.acting(service.database, signed_in.account) as uow:
            found = await queries.waiting(uow.connection, key, now())
        if found is not None:
            return key, found
    await service.rate_limiter.hit(_TRIES, str(signed_in.account))
    return None


async def is_barred(service: TokenService, signed_in: SignedIn) -> bool:
    """Whether the person has a role of two."""
    async with browsers.acting(service.database, signed_in.account) as uow:
        return await devices.is_barred(uow, signed_in.account)


async def decide(service: TokenService, signed_in: SignedIn, user_digest: bytes, decision: Decision) -> bool:
    """Stores what the person decided. False if the code waits no longer."""
    async with browsers.acting(service.database, signed_in.account) as uow:
        return await devices.decide(uow, user_digest, signed_in.session, decision)


def _key(service: TokenService) -> bytes:
    return derived_key(service.settings.secret_key.get_secret_value().encode(), "escm codes of devices")
