"""Who a request speaks for, in every service.

`Authenticator` turns a bearer token or API key into a `Bearer`; `PrincipalCache` keeps what is published about
accounts, clients and keys, at most a minute old; `TokenRules` says what a token must hold; `require_second_person` and
`refuse_as_second_person` guard transitions of two persons:

    bearer = await authenticator.bearer(header)
"""
