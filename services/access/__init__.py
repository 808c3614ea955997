"""Accounts, grants, API clients and keys, sessions, tokens and their signing keys.

Owns `access_*`. Publishes the views `access_published_key`, `access_published_principal`, `access_published_grant` and
`access_published_api_key`, from which every service authenticates, and the facts of all services to those who may read
their records. Announces `access.account.*`, `access.grant.*`, `access.client.*`, `access.api_key.*`,
`access.session.*`. Sends mail to accounts.
"""
