"""Evaluations, and the columns of scores and terms that decide about their completion and about renewals."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Text

from services.centres.evaluation.evaluations.record import Evaluation
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

evaluation = table_of(Evaluation, "centre_evaluation")
score = sql_table(
    "centre_evaluation_score",
    column("evaluation_id", Uuid),
    column("expert_id", Uuid),
    column("scores", JSONB),
    column("recommendation", Text),
    schema=SCHEMA,
)
term = sql_table("centre_term", column("id", Uuid), column("centre_id", Uuid), column("status", Text), schema=SCHEMA)
"""The columns that say which term of a centre is the present one."""
