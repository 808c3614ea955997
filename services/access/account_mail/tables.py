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
)
"""`digest` is the SHA-256 of the token, `email_key` the folded address to which it was sent. A used token is
deleted."""
