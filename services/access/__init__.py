"""Who may do what: accounts, grants, API clients and keys, sessions, tokens and the keys that sign them.

Owns `access_*`. Publishes the views `access_published_key`, `access_published_principal`, `access_published_grant` and
`access_published_api_key`, which every service authenticates from, and the facts of all services to whoever may read
their records. Announces `access.account.*`, `access.grant.*`, `access.client.*`, `access.api_key.*`,
`access.session.*`. Writes to accounts by mail.
"""
