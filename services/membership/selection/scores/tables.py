"""Scores."""

from services.membership.selection.scores.record import Score
from shared.records.columns import table_of

score = table_of(Score, "member_score")
