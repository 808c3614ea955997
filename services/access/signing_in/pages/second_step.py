"""What pages of signing in and of the account need of second factors."""

import hashlib
from uuid import UUID

import orjson
from fastapi import Request

from services.access.factors.factors.due import is_due
from services.access.factors.kinds.service import FactorService
from services.access.principals.sessions.queries import best_of
from services.access.principals.tokens.authentication import TokenService
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import FACTOR, SIGN_IN
from services.access.signing_in.pages.guards import Browser
from shared.kernel.addresses import site_of
from shared.kernel.clock import now
from shared.kernel.errors import Forbidden
from shared.kernel.principal import BREAK_GLASS
from shared.kernel.step_up import OWN, Level
from shared.ratelimit.limiter import Limit


def purpose_of(browser: Browser) -> str:
    """The purpose of challenges for a sign-in in this browser."""
    return f"sign in {hashlib.sha256(browser.cookie.encode()).hexdigest()}"


def passkey_options(token_service: TokenService, browser: Browser, *known: bytes) -> str:
    """What the script of a page asks the browser for, as JSON."""
    return orjson.dumps(FactorService.of(token_service.settings).passkeys.request(purpose_of(browser), known)).decode()


async def needs_second_step(token_service: TokenService, account: UUID, level: Level) -> bool:
    """Whether a password is not enough: the account has a second factor, or needs one for a role or for the client."""
    async with token_service.database.acquire() as connection:
        best = await best_of(connection, account)
        return level is not Level.ONE_FACTOR or best is not Level.ONE_FACTOR or await is_due(connection, account, now())


def page_before_changes(signed_in: SignedIn) -> str | None:
    """Where a person signs in before they change how they sign in: that takes a sign-in of at most five minutes ago, as
    sure as they can reach. None for one who just did. Raises Forbidden for the break-glass account."""
    if signed_in.account == BREAK_GLASS:
        raise Forbidden("The break-glass account gets no way in of its own.", code="needs_a_person")
    is_young = (now() - signed_in.signed_in_at).total_seconds() <= OWN.max_age
    if is_young and signed_in.level.reaches(OWN.level_for(signed_in.best)):
        return None
    return SIGN_IN if signed_in.best is Level.ONE_FACTOR else FACTOR


async def page_for_role(token_service: TokenService, signed_in: SignedIn) -> str | None:
    """Where a person who signed in with one factor, here or at a provider, shows or adds the second one that a role
    needs after 7 days. None if no role needs it yet."""
    lacks_factor = await browsers.lacks_factor(token_service.database, signed_in)
    return page_before_changes(signed_in) or FACTOR if lacks_factor else None


def _failures(token_service: TokenService, request: Request) -> tuple[Limit, str]:
    site = site_of(request.client.host) if request.client else ""
    return Limit("failed", token_service.settings.failed_authentications), site


async def refuse_spent(token_service: TokenService, request: Request) -> None:
    """Raises RateLimited after too many failures of this address."""
    await token_service.rate_limiter.refuse_spent(*_failures(token_service, request))


async def count_failure(token_service: TokenService, request: Request) -> None:
    """Counts a failure of this address."""
    await token_service.rate_limiter.hit(*_failures(token_service, request))
