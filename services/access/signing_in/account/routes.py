"""The page of one's own account: who one is, which second factors one has, where one is signed in, which clients may
act, which keys there are."""

from uuid import UUID

from fastapi import Request, Response

from services.access.factors.factors import operations as factors
from services.access.factors.factors.proving import proof_by
from services.access.factors.factors.queries import shown as confirmed_factors
from services.access.federation.identities import operations as identities
from services.access.federation.identities import queries as identity_queries
from services.access.federation.providers import queries as providers
from services.access.federation.providers.domain import title
from services.access.principals.api_keys import operations as api_keys
from services.access.principals.authorizations import operations as consents
from services.access.principals.authorizations import queries as authorizations
from services.access.principals.sessions import operations as sessions
from services.access.principals.sessions import queries as session_queries
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.guards import CurrentTokenService
from services.access.signing_in.account import queries
from services.access.signing_in.browsers import domain
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import ACCOUNT, SIGN_IN, SIGNED_OUT, start_at
from services.access.signing_in.pages.guards import PAGE, Browser, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import OnPage, language, page_response, sent_to
from services.access.signing_in.pages.second_step import page_before_changes, page_for_role
from services.access.signing_in.pages.templates import named
from services.access.signing_in.second_step import operations as second_step
from services.access.signing_in.second_step.operations import ADDING, Shown
from services.access.signing_in.second_step.routes import about_factor, signed_in_by
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Malformed
from shared.web.contract.route_options import OptionsRouter
from shared.web.request.responses import key_of

router = OptionsRouter(include_in_schema=False)
_ABOUT_FACTORS = frozenset((*ADDING, "confirm_factor", "remove_factor", "name_factor"))


@router.get(ACCOUNT, options=PAGE)
async def account_page(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """The page of the account, for whoever is signed in, with a second factor where a role needs one."""
    page = await page_for_role(token_service, browser.signed_in) if browser.signed_in else None
    if page is not None:
        return sent_to(page)
    return await _page(request, token_service, browser)


async def _page(request: Request, token_service: TokenService, browser: Browser, *, refused: bool = False) -> Response:
    """The page; `refused`: with the news that the last way in stays."""
    signed_in = browser.signed_in
    if signed_in is None:
        return sent_to(SIGN_IN)
    shown = language(request)
    async with token_service.database.acquire() as connection:
        living = await session_queries.living(connection, signed_in.account, now())
        allowed = await authorizations.living(connection, signed_in.account)
        keys = await queries.api_keys(connection, signed_in.account)
        own = await confirmed_factors(connection, signed_in.account)
        linked = await identity_queries.linked(connection, signed_in.account)
        active = await providers.active(connection)
    known = {row["provider"] for row in linked}
    values = {
        "person": signed_in,
        "sessions": [{**row, "is_this": row["id"] == signed_in.session} for row in living],
        "allowed": [{**row, "may": _said(row["scope"], shown)} for row in allowed],
        "keys": keys,
        "factors": own,
        "identities": [{**row, "title": title(row["titles"], shown)} for row in linked],
        "providers": [
            {"title": title(one.titles, shown), "address": start_at(one.code)}
            for one in active
            if one.code not in known
        ],
        "passwords": token_service.settings.local_passwords,
        "refused": refused,
        "action": ACCOUNT,
    }
    return page_response(request, browser, "account.html", shown, values, status=409 if refused else 200)


@router.get("/.well-known/change-password", options=PAGE)
async def change_password() -> Response:
    """Where password managers send people to choose another password."""
    return sent_to(ACCOUNT)


@router.post(ACCOUNT, options=PAGE)
async def change_account(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm
) -> Response:
    """Signs out here or elsewhere, takes back a consent, a key or a link, or adds, names and removes second factors.

    Changing how one signs in takes a sign-in of now.
    """
    signed_in = browser.signed_in
    if signed_in is None:
        return sent_to(SIGN_IN)
    action, _, given = form.get("action", "").partition(" ")
    if (action in _ABOUT_FACTORS or action == "unlink") and (before := page_before_changes(signed_in)):
        return sent_to(before)
    if action in _ABOUT_FACTORS:
        return await _change_factors(request, token_service, browser, signed_in, form)
    try:
        async with browsers.acting(token_service.database, signed_in.account) as uow:
            await _change(uow, signed_in, action, given, has_passwords=token_service.settings.local_passwords)
    except Conflict as error:
        raise OnPage(error, await _page(request, token_service, browser, refused=True)) from None
    if action == "sign_out":
        return sent_to(SIGNED_OUT, domain.cookie_header(browser.name, ""))
    return sent_to(ACCOUNT)


async def _change_factors(
    request: Request, token_service: TokenService, browser: Browser, signed_in: SignedIn, form: dict[str, str]
) -> Response:
    action, _, given = form["action"].partition(" ")
    if action in ADDING:
        page = await second_step.add(token_service, signed_in.account, ADDING[action], form.get("name", ""))
        return about_factor(request, browser, page, ACCOUNT)
    if not isinstance(key := key_of(given), UUID):
        raise Malformed("The form is not complete.", code="form_expired")
    if action == "confirm_factor":
        confirmed = await second_step.confirm(token_service, signed_in.account, key, form)
        if isinstance(confirmed, Shown):
            return about_factor(request, browser, confirmed, ACCOUNT)
        if (proof := proof_by(confirmed)).level.reaches(signed_in.level):
            return await signed_in_by(request, token_service, browser, signed_in.methods, proof)
        return sent_to(ACCOUNT)
    async with browsers.acting(token_service.database, signed_in.account) as uow:
        if action == "remove_factor":
            await factors.remove_own(uow, signed_in.account, key)
        else:
            await factors.name_own(uow, signed_in.account, key, form.get("name", ""))
    return sent_to(ACCOUNT)


async def _change(uow: UnitOfWork, signed_in: SignedIn, action: str, given: str, *, has_passwords: bool) -> None:
    key = key_of(given)
    if action == "sign_out":
        await browsers.sign_out(uow, signed_in)
    elif action == "sign_out_elsewhere":
        await sessions.end_all(uow, signed_in.account, besides=signed_in.session)
    elif action == "end_session" and isinstance(key, UUID):
        await sessions.end(uow, signed_in.account, key)
    elif action == "end_authorization" and isinstance(key, UUID):
        await consents.end(uow, signed_in.account, key)
    elif action == "revoke_key" and isinstance(key, UUID):
        await api_keys.revoke_own(uow, signed_in.account, key)
    elif action == "unlink" and isinstance(key, UUID):
        await identities.unlink(uow, signed_in.account, key, has_passwords=has_passwords)
    else:
        raise Malformed("The form is not complete.", code="form_expired")


def _said(scope: str, shown: str) -> list[str]:
    return sorted({named(word.rpartition(":")[0], shown) for word in scope.split() if ":" in word})
