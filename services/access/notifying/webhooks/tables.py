"""Webhooks, their keys, their state, and what was sent."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.notifying.webhooks.record import Webhook
from shared.database.tables import document, instant, table, text
from shared.records.columns import table_of

webhook = table_of(Webhook, "access_webhook")
webhook_key = table(
    "access_webhook_key",
    Column("id", Uuid, primary_key=True),
    Column("webhook_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    text("public"),
    instant("starts_at"),
    instant("ends_at", nullable=True),
)
webhook_state = table(
    "access_webhook_state",
    Column("webhook_id", Uuid, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("holder", Uuid),
    Column("fence", BigInteger, nullable=False),
    instant("expires_at"),
    Column("failures", Integer, nullable=False),
    instant("failing_since", nullable=True),
    instant("last_success_at", nullable=True),
    text("last_problem", nullable=True),
    Column("last_milliseconds", Integer),
    instant("verified_at", nullable=True),
    Column("mailed", SmallInteger, nullable=False),
    Column("reach", ARRAY(Text)),
)
"""The position up to which everything was attempted, the lease of the worker that drives the webhook, and the owner's
reach; null is everything."""
webhook_delivery = table(
    "access_webhook_delivery",
    Column("id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("webhook_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("position", BigInteger),
    Column("after_position", BigInteger),
    Column("events", Integer),
    text("type"),
    text("record"),
    text("country", nullable=True),
    text("status"),
    Column("replay", Boolean, nullable=False),
    instant("next_attempt_at", nullable=True),
    document("attempts"),
    Column("milliseconds", Integer),
    instant("last_at", nullable=True),
)
"""One row for what was attempted at least once, or is to be. `day` is that of its id."""
