"""Authenticates requests, in every service.

`Authenticator` turns a bearer token or API key into a `Bearer`. `PrincipalCache` caches accounts, clients and keys for
at most a minute. `TokenRules` lists what a token must contain. `require_second_person` and `refuse_as_second_person`
guard transitions that need two persons:

    bearer = await authenticator.bearer(header)
"""
