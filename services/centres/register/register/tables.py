"""The entries of the register of centres."""

from sqlalchemy import BigInteger, Column, Date, Identity, Uuid

from shared.database.tables import document, table, text

entry = table(
    "centre_register_entry",
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("centre_id", Uuid, nullable=False),
    text("registration_number"),
    text("country"),
    text("visibility"),
    text("status", nullable=True),
    Column("recorded_on", Date, nullable=False),
    document("shown", nullable=True),
    document("changes"),
    text("note", nullable=True),
)
"""What the register shows of a centre from a day on; `status` and `shown` are null if it shows nothing. `changes` are
`{"change", "from", "to"}`. Triggers append entries, and nobody changes or deletes one."""
