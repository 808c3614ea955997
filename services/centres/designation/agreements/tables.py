"""Agreements about centres."""

from services.centres.designation.agreements.record import Agreement
from shared.records.columns import table_of

agreement = table_of(Agreement, "centre_agreement")
