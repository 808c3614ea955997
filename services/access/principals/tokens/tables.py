"""The stored state of tokens, assertions and failed logins until its expiry."""

from sqlalchemy import Column, Integer, LargeBinary, Text, Uuid

from shared.database.tables import instant, table, text

revoked_token = table(
    "access_revoked_token",
    Column("token_id", Text, primary_key=True),
    text("principal_kind"),
    Column("principal_id", Uuid, nullable=False),
    instant("until"),
)

used_assertion = table(
    "access_used_assertion",
    Column("digest", LargeBinary, primary_key=True),
    instant("until"),
)

failed_login = table(
    "access_failed_login",
    Column("email_digest", LargeBinary, primary_key=True),
    Column("failed", Integer, nullable=False),
    instant("locked_until"),
    instant("last_at"),
)
"""By the digest of the address, known or not, so that a lock does not disclose that an account exists: once with the
network of the attempts, and once without, which never locks."""
