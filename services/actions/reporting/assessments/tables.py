"""Assessments."""

from services.actions.reporting.assessments.record import Assessment
from shared.records.columns import table_of

assessment = table_of(Assessment, "action_assessment")
