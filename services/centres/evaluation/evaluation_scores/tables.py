"""Scores of evaluations."""

from services.centres.evaluation.evaluation_scores.record import EvaluationScore
from shared.records.columns import table_of

evaluation_score = table_of(EvaluationScore, "centre_evaluation_score")
