"""Headers of every page."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
GUARD = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PAGE = {**GUARD, "Cache-Control": "public, max-age=300"}
"""Headers of a page that changes only with a release."""
KEPT = {**GUARD, "Cache-Control": "public, max-age=31536000, immutable"}
"""Headers of a file whose address has its digest."""
PUBLISHED = {**GUARD, "Cache-Control": "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"}
"""Headers of a page of public records that names no person."""
PARTIAL = {**GUARD, "Cache-Control": "public, max-age=5", "X-Robots-Tag": "noindex"}
"""Headers of a page without what could not be read at the moment."""
OF_PEOPLE = {**GUARD, "Cache-Control": "public, max-age=30", "X-Robots-Tag": "noindex"}
"""Headers of a page that names people: shown to readers, not to search engines, and without them soon after they
leave."""
HTML = "text/html; charset=utf-8"
