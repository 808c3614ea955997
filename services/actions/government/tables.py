"""Government bodies, focal points and meetings."""

from sqlalchemy import Column, Uuid

from shared.database.tables import document, text
from shared.records.columns import day, record_table

government_body = record_table(
    "action_government_body",
    document("names"),
    text("kind"),
    text("website", nullable=True),
    text("search_key"),
)

focal_point = record_table(
    "action_focal_point",
    document("person"),
    Column("expert_id", Uuid, nullable=True),
    Column("body_id", Uuid, nullable=True),
    text("role", nullable=True),
    document("letter", nullable=True),
    Column("predecessor_id", Uuid, nullable=True),
    day("starts", nullable=True),
    day("ends", nullable=True),
    text("search_key"),
)
"""`expert_id` is the person's, where the person is an expert."""

meeting = record_table(
    "action_meeting",
    text("kind"),
    day("date"),
    document("titles"),
    document("participants"),
    document("decisions"),
    text("search_key"),
)
