"""`/.well-known/security.txt` (RFC 9116): where weaknesses are reported."""

from datetime import timedelta

from fastapi import Request, Response

from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import OptionsRouter, RouteOptions

_VALID = timedelta(days=180)
_TEXT = """\
Contact: {contact}
Expires: {expires}
Preferred-Languages: en
Canonical: {issuer}/.well-known/security.txt
Policy: {issuer}/guides/security#how-to-report
"""
router = OptionsRouter()


@router.get("/.well-known/security.txt", options=RouteOptions(is_public=True), include_in_schema=False)
async def security_contact(request: Request) -> Response:
    """The contact that the operator set; it expires in 180 days from now. Raises NotFound where none is set."""
    settings = request.app.state.settings
    if not settings.security_contact:
        raise NotFound("This installation names no contact for security.")
    expires = (now() + _VALID).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    text = _TEXT.format(contact=settings.security_contact, expires=expires, issuer=settings.origin)
    return Response(text, 200, {"Cache-Control": "public, max-age=86400"}, "text/plain; charset=utf-8")
