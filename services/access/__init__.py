"""Who may do what: accounts, grants, API clients, tokens and their keys.

Owns `access_*`. Publishes the views `access_published_key`, `access_published_principal` and `access_published_grant`,
which every service authenticates from, and the facts of all services to whoever may read their records. Announces
`access.account.*`, `access.grant.*`, `access.client.*`.
"""
