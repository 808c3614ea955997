"""The page of one's own account: who one is, where one is signed in, which clients may act, which keys there are."""

from uuid import UUID

from fastapi import Request, Response

from services.access.principals.authorizations import operations as consents
from services.access.principals.authorizations import queries as authorizations
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions import queries as session_queries
from services.access.principals.tokens.guards import CurrentTokenService
from services.access.signing_in.account import queries
from services.access.signing_in.browsers import domain
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import ACCOUNT, SIGN_IN, SIGNED_OUT
from services.access.signing_in.pages.guards import PAGE, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import language, page_response, sent_to
from services.access.signing_in.pages.templates import named
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.web.contract.route_options import OptionsRouter
from shared.web.request.responses import key_of

router = OptionsRouter(include_in_schema=False)


@router.get(ACCOUNT, options=PAGE)
async def account_page(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """The page of the account, for whoever is signed in."""
    signed_in = browser.signed_in
    if signed_in is None:
        return sent_to(SIGN_IN)
    shown = language(request)
    async with token_service.database.acquire() as connection:
        living = await session_queries.living(connection, signed_in.account, now())
        allowed = await authorizations.living(connection, signed_in.account)
        keys = await queries.api_keys(connection, signed_in.account)
    values = {
        "person": signed_in,
        "sessions": [{**row, "is_this": row["id"] == signed_in.session} for row in living],
        "allowed": [{**row, "may": _said(row["scope"], shown)} for row in allowed],
        "keys": keys,
        "action": ACCOUNT,
    }
    return page_response(request, browser, "account.html", shown, values)


@router.get("/.well-known/change-password", options=PAGE)
async def change_password() -> Response:
    """Where password managers send people to choose another password."""
    return sent_to(ACCOUNT)


@router.post(ACCOUNT, options=PAGE)
async def change_account(token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm) -> Response:
    """Signs out here or elsewhere, or takes back a consent."""
    signed_in = browser.signed_in
    if signed_in is None:
        return sent_to(SIGN_IN)
    action, _, given = form.get("action", "").partition(" ")
    async with browsers.acting(token_service.database, signed_in.account) as uow:
        await _change(uow, signed_in, action, given)
    if action == "sign_out":
        return sent_to(SIGNED_OUT, domain.cookie_header(browser.name, ""))
    return sent_to(ACCOUNT)


async def _change(uow: UnitOfWork, signed_in: SignedIn, action: str, given: str) -> None:
    key = key_of(given)
    if action == "sign_out":
        await browsers.sign_out(uow, signed_in)
    elif action == "sign_out_elsewhere":
        await sessions.end_all(uow, signed_in.account, besides=signed_in.session)
    elif action == "end_session" and isinstance(key, UUID):
        await sessions.end(uow, signed_in.account, key)
    elif action == "end_authorization" and isinstance(key, UUID):
        await consents.end(uow, signed_in.account, key)
    else:
        raise Malformed("The form is not complete.", code="form_expired")


def _said(scope: str, shown: str) -> list[str]:
    return sorted({named(word.rpartition(":")[0], shown) for word in scope.split() if ":" in word})
