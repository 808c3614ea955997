"""The addresses of the pages, which the edge sends to this service."""

SIGN_IN, CONSENT, ACCOUNT, SIGNED_OUT = "/access/sign-in", "/access/consent", "/access/account", "/access/signed-out"
AUTHORIZE, END_SESSION = "/access/v1/oauth/authorize", "/access/v1/oauth/end_session"
PAGES_OF_PEOPLE = (SIGN_IN, CONSENT, ACCOUNT, SIGNED_OUT, AUTHORIZE, END_SESSION)
"""Where failures are pages, too."""
