"""Figures and their frozen data."""

from sqlalchemy import Boolean, Column, Uuid

from services.actions.global_report.figures.record import Figure
from shared.database.tables import instant, table, text
from shared.records.columns import table_of

figure = table_of(Figure, "action_figure")
figure_data = table(
    "action_figure_data",
    Column("figure_id", Uuid, primary_key=True),
    text("content"),
    instant("verified_at", nullable=True),
    text("seen_sha256", nullable=True),
    Column("is_same", Boolean, nullable=False, server_default="true"),
)
"""What the public API answered at the freeze, as canonical JSON. `is_same`: it answered the same when it was asked
last, at `verified_at` or at the freeze; `seen_sha256` is the digest of that answer, None if it refused."""
