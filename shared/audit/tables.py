"""Tables of the audit trail. Entries and links are append-only. Entries have the visibility of their record."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Uuid

from shared.database.tables import instant, table, text

audit = table(
    "core_audit",
    Column("id", Uuid, primary_key=True),
    instant("at"),
    text("actor_kind"),
    Column("actor_id", Uuid, nullable=True),
    text("action"),
    text("resource"),
    Column("subject", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    text("country", nullable=True),
    text("visibility"),
    text("from_status", nullable=True),
    text("to_status", nullable=True),
    text("request_id"),
    Column("before_hash", LargeBinary, nullable=True),
    Column("after_hash", LargeBinary, nullable=True),
    Column("detail", LargeBinary, nullable=False),
    Column("detail_key", Uuid, nullable=True),
    Column("content_hash", LargeBinary, nullable=False),
)
"""The id is the id of the fact that was announced with the change."""

audit_key = table(
    "core_audit_key",
    Column("id", Uuid, primary_key=True),
    Column("subject", Uuid, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    copied=True,
)
"""Half of each key for details about a person, who is the subject."""

audit_link = table(
    "core_audit_link",
    Column("position", BigInteger, primary_key=True),
    Column("entry", Uuid, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""The chain: entries in the order of the feed."""
