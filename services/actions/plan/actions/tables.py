"""Actions. `country` and `visibility` are the programme's, so one policy serves both tables."""

from sqlalchemy import Column, Double, Integer, Uuid

from services.actions.plan.actions.record import Action
from shared.database.tables import table, text
from shared.records.columns import table_of

action = table_of(Action, "action_action")
location = table(
    "action_location",
    Column("id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    text("name", nullable=True),
    text("subdivision", nullable=True),
    Column("lat", Double),
    Column("lon", Double),
    text("status"),
    text("country"),
    text("visibility"),
)
"""One row for each location of each action, written by a trigger. `id` is the action's; texts are in lower case."""
participant = table(
    "action_participant",
    Column("id", Uuid, primary_key=True),
    Column("institution_id", Uuid, primary_key=True),
    text("status"),
    text("country"),
    text("visibility"),
)
"""One row for each institution that takes part in each action, written by a trigger. `id` is the action's."""
