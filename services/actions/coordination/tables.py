"""Endorsements and letters."""

from sqlalchemy import Column, SmallInteger, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, text
from shared.records.columns import day, record_table

endorsement = record_table(
    "action_endorsement",
    document("body", nullable=True),
    Column("body_id", Uuid, nullable=True),
    Column("level", SmallInteger, nullable=False),
    document("document", nullable=True),
    day("issued", nullable=True),
    day("valid_to", nullable=True),
    day("verified_on", nullable=True),
    day("withdrawn_on", nullable=True),
    text("withdrawal_reason", nullable=True),
    Column("claimants", ARRAY(Uuid), nullable=False),
    text("search_key"),
)
"""`claimants`: the accounts and clients that wrote the claim."""

correspondence = record_table(
    "action_correspondence",
    text("direction"),
    day("date"),
    text("subject"),
    document("parties"),
    document("about"),
    day("reply_due", nullable=True),
    Column("reply_to", Uuid, nullable=True),
    day("replied_on", nullable=True),
    document("document", nullable=True),
    text("search_key"),
)
