"""Broadcasts and their recipients."""

from sqlalchemy import Column, LargeBinary, SmallInteger, Uuid

from services.membership.mailing.broadcasts.record import Broadcast
from shared.database.tables import instant, table, text
from shared.records.columns import table_of

broadcast = table_of(Broadcast, "member_broadcast")

recipient = table(
    "member_broadcast_recipient",
    Column("id", Uuid, primary_key=True),
    Column("broadcast_id", Uuid, nullable=False),
    Column("expert_id", Uuid, nullable=False),
    text("language"),
    text("outcome"),
    text("reason", nullable=True),
    instant("due_at"),
    Column("delays", SmallInteger, nullable=False),
    instant("tried_at", nullable=True),
    Column("job_id", Uuid, nullable=True),
    Column("address_digest", LargeBinary, nullable=True),
    Column("token_digest", LargeBinary, nullable=True),
    instant("bounced_at", nullable=True),
)
"""One row for each expert of the segment; the Message-ID of the mail is made from `id`. `job_id` is the job that tried
last, `address_digest` the digest of the address that it tried, `token_digest` that of the token for unsubscribing."""
