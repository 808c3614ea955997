"""Signing in and out: the way to the sign-in page and back."""

import re
import secrets
import time
from dataclasses import asdict, replace
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response

from services.portal.console.frame.responses import page, plain_page, resume_page, seen
from services.portal.console.frame.route import console_router, session_cookie, sign_in_address
from services.portal.console.session import cookies
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import CurrentCaller, SentForm, keys_of, session_of, token_client
from services.portal.console.session.kept import kept_for
from services.portal.console.session.keys import CLIENT_ID
from services.portal.console.session.tokens import (
    AUTHORIZE,
    CALLBACK,
    END_SESSION,
    SIGNED_OUT,
    SignInRefused,
    TokenClient,
    Wanted,
)
from shared.kernel.text import LANGUAGES
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True, is_keyed=False)
_START = "/console/"
_INSIDE = re.compile(r"/console(/[A-Za-z0-9._~%:@!$&'()*+,;=-]+)*/?(\?[A-Za-z0-9._~%:@!$&'()*+,;=/?-]*)?")
_LONGEST_ADDRESS = 400
_ACR = re.compile(r"[a-z0-9 ]{1,20}")
_SECONDS = re.compile(r"[0-9]{1,6}")
_LEAVING_LIFE = 60


@router.get("/console/sign-in", options=_PAGE)
async def sign_in(request: Request) -> Response:
    """Sends the browser to the sign-in page, and afterwards to the address `to` of the console."""
    keys, issuer = keys_of(request), request.app.state.settings.issuer
    given = request.query_params
    name = cookies.name_of(issuer, "browser")
    known = cookies.cookies_of(request).get(name, "")
    browser = known if re.fullmatch(r"[\w-]{43}", known) else secrets.token_urlsafe(32)
    wanted = Wanted.new(inside(given.get("to", _START)))
    session = session_of(request)
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{issuer.rstrip('/')}{CALLBACK}",
        "scope": "openid",
        "code_challenge": wanted.challenge,
        "code_challenge_method": "S256",
        "state": keys.seal(orjson.dumps(list(asdict(wanted).values())), browser),
        "nonce": wanted.nonce,
        **({"ui_locales": session.language} if session else {}),
        **{
            known: given[known]
            for known, form in (("acr_values", _ACR), ("max_age", _SECONDS))
            if form.fullmatch(given.get(known, ""))
        },
    }
    response = seen(AUTHORIZE, **asked)
    response.headers.append("set-cookie", cookies.setting(name, browser, seconds=cookies.SIGN_IN_LIFE))
    return response


@router.get(CALLBACK, options=_PAGE)
async def come_back(request: Request) -> Response:
    """Begins the session of a person who comes from the sign-in page, and sends them to where they wanted."""
    given, client = request.query_params, token_client(request)
    wanted = _wanted(request, given.get("state", ""), given.get("iss", ""))
    if wanted is None:
        return plain_page(request, "not_signed_in.html", status=400, again=sign_in_address(_START))
    again = sign_in_address(wanted.to)
    if "code" not in given:
        return plain_page(request, "not_signed_in.html", status=400, again=again)
    try:
        session = await client.redeemed(given["code"], wanted, "en")
    except SignInRefused:
        return plain_page(request, "not_signed_in.html", status=400, again=again)
    caller = Caller(request, client, session)
    own = await caller.get("/access/v1/accounts/me")
    language = own.document.get("language")
    before = session_of(request)
    if before is not None and before.id != session.id:
        language = before.language if before.account == session.account else language
        await client.end(before)
    caller.session = replace(caller.session, language=language if language in LANGUAGES else "en")
    response = seen(wanted.to)
    response.headers.append("set-cookie", session_cookie(request, caller))
    return response


@router.get(cookies.RESUME, options=_PAGE)
async def resume(request: Request, caller: CurrentCaller) -> Response:
    """What was entered before the person signed in again, to be sent on."""
    found = cookies.cookies_of(request)
    form = kept_for(keys_of(request), request.app.state.settings.issuer, caller.session.account, found)
    if form is None:
        return page(caller, "nothing_kept.html", status=404)
    return resume_page(request, caller, form)


@router.get("/console/signed-in", options=_PAGE)
async def signed_in(caller: CurrentCaller) -> Response:
    """The page of somebody who signed in in another window, to go on in the first one."""
    return page(caller, "signed_in.html")


@router.get("/console/language/{tag}", options=_PAGE)
async def choose_language(tag: str, request: Request, caller: CurrentCaller) -> Response:
    """Shows the pages of this session in another language."""
    if tag in LANGUAGES:
        caller.session = replace(caller.session, language=tag)
    return seen(inside(request.query_params.get("to", _START)))


@router.post("/console/sign-out", options=_PAGE)
async def sign_out(request: Request, caller: CurrentCaller, _form: SentForm) -> Response:
    """Ends the session here and at the sign-in page."""
    client, issuer = token_client(request), request.app.state.settings.issuer
    response = seen(SIGNED_OUT)
    for header in await _left(request, client, caller):
        response.headers.append("set-cookie", header)
    await client.end(caller.session)
    caller.has_left = True
    leaving = cookies.name_of(issuer, "leaving")
    for header in (
        cookies.setting(cookies.name_of(issuer), ""),
        cookies.setting(leaving, "1", seconds=_LEAVING_LIFE),
        *cookies.forgetting(issuer),
    ):
        response.headers.append("set-cookie", header)
    return response


@router.get(SIGNED_OUT, options=_PAGE)
async def signed_out(request: Request) -> Response:
    """The page after signing out, at which the browser forgets what it has of this origin."""
    keys_of(request)
    response = plain_page(request, "signed_out.html")
    if cookies.name_of(request.app.state.settings.issuer, "leaving") in cookies.cookies_of(request):
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


async def _left(request: Request, client: TokenClient, caller: Caller) -> list[str]:
    """Ends the session of the sign-in page for the browser, whose cookie for it came with the request. Returns the
    headers that remove that."""
    name = cookies.name_of(request.app.state.settings.issuer).replace("console", "escm")
    cookie = f"{name}={cookies.cookies_of(request).get(name, '')}"
    query = urlencode({"client_id": CLIENT_ID, "id_token_hint": caller.session.shown})
    headers = {"Cookie": cookie, "Accept": "text/html"}
    reply = await client.api.send("GET", f"{END_SESSION}?{query}", request, headers)
    return [value for name, value in reply.pairs if name == "set-cookie"] if reply.status_code == 303 else []


def _wanted(request: Request, state: str, issuer: str) -> Wanted | None:
    """What the sign-in was begun for, if it was begun in this browser, within ten minutes, at our own server."""
    own = request.app.state.settings.issuer
    browser = cookies.cookies_of(request).get(cookies.name_of(own, "browser"))
    content = keys_of(request).open(state, browser) if browser else None
    if content is None or issuer != own:
        return None
    wanted = Wanted(*orjson.loads(content))
    return wanted if time.time() - wanted.at <= cookies.SIGN_IN_LIFE else None


def inside(address: str) -> str:
    """An address of the console; its first page for any other one."""
    is_inside = len(address) <= _LONGEST_ADDRESS and _INSIDE.fullmatch(address) is not None
    return address if is_inside and "/.." not in address else _START
