"""Figures, their frozen data, and the authors who read them."""

from sqlalchemy import ARRAY, Column, Text, Uuid, column
from sqlalchemy import table as sql_table

from services.actions.global_report.figures.record import Figure
from shared.database.tables import SCHEMA, table, text
from shared.records.columns import table_of

figure = table_of(Figure, "action_figure")
figure_data = table(
    "action_figure_data",
    Column("figure_id", Uuid, primary_key=True),
    text("content"),
)
"""What the public API answered at the freeze, as canonical JSON."""
contribution = sql_table(
    "action_contribution",
    column("edition_id", Uuid),
    column("status", Text),
    column("expert_ids", ARRAY(Uuid)),
    schema=SCHEMA,
)
