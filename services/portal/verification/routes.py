"""Verification of certificates: `/v/{code}`, the address of the QR code on a certificate, as a page or as JSON.

The page works without scripts, in the language of its address or else the reader's.
"""

from urllib.parse import quote

import orjson
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.portal.pages import templates
from services.portal.pages.languages import IN_LANGUAGE
from services.portal.reading.reads import PageReads
from services.portal.settings import installation_of
from shared.kernel.errors import NotFound
from shared.pages.policy import GUARD, HTML
from shared.pages.reader import language_of, wants_json
from shared.web.contract.route_options import OptionsRouter, RouteOptions

_HEADERS = {
    **GUARD,
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "Vary": "Accept, Accept-Language",
}
_LONGEST = 100
router = OptionsRouter(include_in_schema=False)


@router.get("/v", options=RouteOptions(is_public=True))
@router.get(f"{IN_LANGUAGE}/v", options=RouteOptions(is_public=True))
@router.get(f"{IN_LANGUAGE}/verify", options=RouteOptions(is_public=True))
async def ask(request: Request, language: str | None = None) -> Response:
    """The page that asks for a code, which leads to the address of the code."""
    start = f"/{language}/verify" if language else "/v"
    if code := request.query_params.get("code", "").strip()[:_LONGEST]:
        return RedirectResponse(f"{start}/{quote(code, safe='')}", 303)
    return _page(request, language, "", None)


@router.get("/v/{code}", options=RouteOptions(is_public=True))
@router.get(f"{IN_LANGUAGE}/v/{{code}}", options=RouteOptions(is_public=True))
@router.get(f"{IN_LANGUAGE}/verify/{{code}}", options=RouteOptions(is_public=True))
async def verify(code: str, request: Request, language: str | None = None) -> Response:
    """What a certificate is worth today. Raises NotFound for an unknown code, unless a page is wanted."""
    try:
        found = await PageReads(request).verified(code)
    except NotFound:
        if wants_json(request):
            raise
        return _page(request, language, code, None)
    if wants_json(request):
        return Response(orjson.dumps(found), 200, _HEADERS, "application/json; charset=utf-8")
    return _page(request, language, code, found)


def _page(request: Request, language: str | None, code: str, found: dict[str, object] | None) -> Response:
    tail = f"/verify/{quote(code, safe='')}" if code else "/verify"
    shown = language or language_of(request)
    body = templates.page(
        "verification.html", shown, tail=tail, **installation_of(request)._asdict(), asked=code[:_LONGEST], found=found
    )
    return Response(body, 404 if code and not found else 200, _HEADERS, HTML)
