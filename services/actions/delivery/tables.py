"""Actions and their milestones. `country` and `visibility` are the programme's: one policy serves all three."""

from sqlalchemy import Column, Float, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, text
from shared.records.columns import day, record_table

action = record_table(
    "action_action",
    Column("programme_id", Uuid, nullable=False),
    text("pillar"),
    text("kind"),
    document("titles"),
    day("planned_start", nullable=True),
    day("planned_end", nullable=True),
    day("actual_start", nullable=True),
    day("actual_end", nullable=True),
    document("participants"),
    document("tags"),
    document("budget", nullable=True),
    document("baseline", nullable=True),
    text("previous_status", nullable=True),
    text("search_key"),
)

milestone = record_table(
    "action_milestone",
    Column("action_id", Uuid, nullable=False),
    document("titles"),
    day("due"),
    day("first_due"),
    text("due_reason", nullable=True),
    Column("weight", Float, nullable=False),
    document("deliverable", nullable=True),
    document("evidence_required"),
    document("evidence", nullable=True),
    text("claimed_by", nullable=True),
    day("claimed_on", nullable=True),
    day("verified_on", nullable=True),
    Column("claimants", ARRAY(Uuid), nullable=False),
    text("search_key"),
)
"""`claimants`: the account or client that claimed it."""
