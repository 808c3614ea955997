"""People sign in on a page, and to clients from there.

A client sends a person's browser to `GET /access/v1/oauth/authorize`. Who is not signed in there signs in, consents to
what a client asks for that is not one of our own, and is sent back with a code, which the client exchanges for tokens.
"""
