"""Headers of every page."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
GUARD = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PAGE = {**GUARD, "Cache-Control": "public, max-age=300"}
"""Headers of a page that changes only with a release."""
HTML = "text/html; charset=utf-8"
