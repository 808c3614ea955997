"""The page of the second factor: after the password, for a client that asks for another look, and for who has to add
a first one. And the script of passkeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from uuid import UUID

from fastapi import Request, Response

from services.access.factors.factors.domain import PASSKEY
from services.access.factors.factors.proving import PASSWORD, Proof, Refusal, proof_by, prove_code, prove_passkey
from services.access.factors.factors.queries import passkeys as own_passkeys
from services.access.factors.factors.queries import shown as confirmed_factors
from services.access.factors.kinds.service import FactorService
from services.access.principals.sessions.queries import best_of
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.guards import CurrentTokenService
from services.access.signing_in.authorizing.operations import asked_by
from services.access.signing_in.browsers import domain, tickets
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.browsers.queries import SignedIn
from services.access.signing_in.pages.addresses import ACCOUNT, CONSENT, FACTOR, SCRIPT, SIGN_IN, with_query
from services.access.signing_in.pages.guards import PAGE, Browser, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import OnPage, language, own_address, page_response, sent_to
from services.access.signing_in.pages.second_step import (
    count_failure,
    page_before_changes,
    page_for_role,
    passkey_options,
    purpose_of,
    refuse_spent,
)
from services.access.signing_in.second_step import operations
from services.access.signing_in.second_step.operations import ADDING, Shown
from shared.kernel.clock import now
from shared.kernel.errors import Malformed
from shared.kernel.step_up import Level
from shared.web.contract.route_options import OptionsRouter
from shared.web.request.responses import key_of

router = OptionsRouter(include_in_schema=False)
_SCRIPT = files("services.access.signing_in.pages").joinpath("static", "passkeys.js").read_bytes()
_SCRIPT_HEADERS = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class _Person:
    """Whose second factor is asked for: they have just proved their password, or are signed in, by these methods.
    Without an account, it is somebody who has yet to say who they are, by a passkey."""

    account: UUID | None
    best: Level = Level.PASSKEY
    methods: Sequence[str] = ()


@router.get(SCRIPT, options=PAGE)
async def passkeys_script() -> Response:
    """The script that asks a browser for passkeys."""
    return Response(_SCRIPT, 200, _SCRIPT_HEADERS, "text/javascript; charset=utf-8")


@router.get(FACTOR, options=PAGE)
async def factor_page(request: Request, token_service: CurrentTokenService, browser: CurrentBrowser) -> Response:
    """The page that asks for a second factor, for adding the first one, or for a passkey in place of a password."""
    person = await _person(request, token_service, browser)
    return _to_sign_in(request) if person is None else await _page(request, token_service, browser, person)


@router.post(FACTOR, options=PAGE)
async def prove_factor(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm
) -> Response:
    """Signs in with the second factor, with another cookie than before, and goes on with the request of the client.
    Raises OnPage for a wrong one."""
    person = await _person(request, token_service, browser)
    if person is None:
        return _to_sign_in(request)
    if person.account is not None and person.best is Level.ONE_FACTOR:
        return await _enrol(request, token_service, browser, person, person.account, form)
    await refuse_spent(token_service, request)
    factor_service = FactorService.of(token_service.settings)
    async with browsers.acting(token_service.database, person.account) as uow:
        if person.account is None or "credential" in form:
            proof = await prove_passkey(
                uow, factor_service, form.get("credential", ""), purpose_of(browser), person.account
            )
        else:
            proof = await prove_code(uow, factor_service, person.account, form.get("code", ""))
    if isinstance(proof, Refusal):
        await count_failure(token_service, request)
        raise OnPage(Malformed(code=proof.code), await _page(request, token_service, browser, person, proof))
    return await signed_in_by(request, token_service, browser, person.methods, proof)


async def _enrol(
    request: Request,
    token_service: TokenService,
    browser: Browser,
    person: _Person,
    account: UUID,
    form: dict[str, str],
) -> Response:
    """Adds the first factor of somebody who has just proved their password, and signs them in with it."""
    action, _, given = form.get("action", "").partition(" ")
    if action in ADDING:
        page = await operations.add(token_service, account, ADDING[action], form.get("name", ""))
    elif action == "confirm_factor" and isinstance(key := key_of(given), UUID):
        confirmed = await operations.confirm(token_service, account, key, form)
        if not isinstance(confirmed, Shown):
            return await signed_in_by(request, token_service, browser, person.methods, proof_by(confirmed))
        page = confirmed
    else:
        raise Malformed("The form is not complete.", code="form_expired")
    asked = await asked_by(token_service, request.query_params.get("request"))
    return about_factor(request, browser, page, own_address(request), asked.redirect_uri if asked else None)


def about_factor(request: Request, browser: Browser, page: Shown, action: str, leads_to: str | None = None) -> Response:
    """The page about a new factor, whose form is sent to `action`, and leads to a client's address if one is given."""
    values = {**page.values, "action": action}
    status = 400 if page.values.get("wrong") else 200
    shown, runs_script = language(request), bool(page.values.get("options"))
    return page_response(
        request, browser, page.template, shown, values, status=status, leads_to=leads_to, runs_script=runs_script
    )


async def signed_in_by(
    request: Request, token_service: TokenService, browser: Browser, methods_before: Sequence[str], proof: Proof
) -> Response:
    """Signs in by a factor, after a password if that is one of the methods before, and goes on with the request of the
    client, or to the page of the account."""
    kept = [PASSWORD] if PASSWORD in methods_before else []
    methods = [*kept, *(method for method in proof.methods if method != PASSWORD)]
    before = browser.signed_in if "ticket" not in request.query_params else None
    provider = (before.provider, before.provider_sid) if before and before.account == proof.account else (None, None)
    how = browsers.How(proof.level, methods, *provider)
    async with browsers.acting(token_service.database, proof.account) as uow:
        cookie = await browsers.sign_in(uow, proof.account, browser.signed_in, how)
    carried = request.query_params.get("request")
    address = ACCOUNT if carried is None else with_query(CONSENT, {"request": carried})
    return sent_to(address, domain.cookie_header(browser.name, cookie))


async def _person(request: Request, token_service: TokenService, browser: Browser) -> _Person | None:
    """Who has a ticket, is signed in and has a factor or adds one, or has yet to say who they are. None for a ticket
    that is over, and for whoever else is signed in."""
    ticket, signed_in = request.query_params.get("ticket"), browser.signed_in
    if ticket is None and signed_in is None:
        return _Person(None)
    if ticket is None:
        is_asked = signed_in is not None and await _is_asked(request, token_service, signed_in)
        return _Person(signed_in.account, signed_in.best, signed_in.methods) if signed_in and is_asked else None
    async with browsers.acting(token_service.database, None) as uow:
        account = await tickets.account_of(token_service.settings, uow.connection, browser.cookie, ticket)
        best = await best_of(uow.connection, account.id) if account else Level.ONE_FACTOR
    return _Person(account.id, best, (PASSWORD,)) if account else None


async def _is_asked(request: Request, token_service: TokenService, signed_in: SignedIn) -> bool:
    """Whether somebody who is signed in has a factor, or has just signed in and adds one for a client or a role."""
    if signed_in.best is not Level.ONE_FACTOR:
        return True
    asked = await asked_by(token_service, request.query_params.get("request"))
    lacks_level = asked is not None and asked.lacks_level(signed_in.signed_in_at, signed_in.level)
    if lacks_level:
        return page_before_changes(signed_in) is None
    return await page_for_role(token_service, signed_in) == FACTOR


def _to_sign_in(request: Request) -> Response:
    carried = {name: request.query_params[name] for name in ("request",) if name in request.query_params}
    return sent_to(with_query(SIGN_IN, carried))


async def _page(
    request: Request, token_service: TokenService, browser: Browser, person: _Person, refused: Refusal | None = None
) -> Response:
    asked = await asked_by(token_service, request.query_params.get("request"))
    shown, leads_to = language(request, asked.language if asked else None), asked.redirect_uri if asked else None
    values: dict[str, object] = {"action": own_address(request)}
    if person.best is Level.ONE_FACTOR:
        return page_response(request, browser, "add_factor.html", shown, values)
    kinds, known = {PASSKEY}, list[bytes]()
    if person.account is not None:
        async with token_service.database.acquire() as connection:
            kinds = {row["kind"] for row in await confirmed_factors(connection, person.account)}
            known = await own_passkeys(connection, person.account)
    wait = refused.until - now() if refused and refused.until else timedelta()
    values |= {
        "client": asked.client.name if asked else None,
        "wrong": refused.code if refused else None,
        "minutes": -(-int(wait.total_seconds()) // 60),
        "kinds": kinds,
        "is_known": person.account is not None,
        "options": passkey_options(token_service, browser, *known) if PASSKEY in kinds else None,
    }
    status = 400 if refused else 200
    return page_response(
        request, browser, "factor.html", shown, values, status=status, leads_to=leads_to, runs_script=PASSKEY in kinds
    )
