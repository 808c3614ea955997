"""Tokens that are mailed to accounts."""

from sqlalchemy import Column, LargeBinary, Uuid

from shared.database.tables import instant, table, text

account_token = table(
    "access_account_token",
    Column("digest", LargeBinary, primary_key=True),
    Column("account_id", Uuid, nullable=False),
    text("purpose"),
    text("email_key"),
    instant("until"),
    text("email", nullable=True),
)
"""`digest` is the SHA-256 of the token, `email_key` the folded address to which it was sent, `email` the address that
the account gets with it. A used token is deleted."""
