"""Reminders of experts."""

from sqlalchemy import Column, Date, Text, Uuid

from shared.database.tables import table

reminder = table(
    "member_reminder",
    Column("expert_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("day", Date, primary_key=True),
)
"""One row for each expert, kind and day for which the reminder was planned."""
