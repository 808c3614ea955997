"""Comments on contributions, and who consents to be named with theirs."""

from sqlalchemy import Column, Uuid

from services.actions.global_report.review.comments.record import Comment
from shared.database.tables import instant, table, text
from shared.records.columns import table_of

comment = table_of(Comment, "action_comment")
naming = table(
    "action_naming",
    Column("id", Uuid, primary_key=True),
    Column("edition_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    text("name"),
    instant("consented_at"),
)
"""Who is named, and how, with comments and answers on an edition once it is published."""
