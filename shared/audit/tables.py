"""The trail's table. Appended only; read with the record's own visibility."""

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, Uuid

from shared.database.tables import instant, table, text

audit = table(
    "core_audit",
    Column("id", BigInteger, Identity(always=True), primary_key=True),
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
