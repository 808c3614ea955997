"""Accounts of people."""

from sqlalchemy import Boolean, Column, Uuid

from shared.database.tables import text
from shared.records.columns import record_table

account = record_table(
    "access_account",
    text("email"),
    text("email_key"),
    text("name"),
    text("search_key"),
    text("password_hash", nullable=True),
    Column("expert_id", Uuid, nullable=True),
    Column("email_verified", Boolean, nullable=False),
    text("language"),
)
"""`language` is that of mails. `email_key` is the folded address, which is unique. Who
has no password cannot log in with one."""
