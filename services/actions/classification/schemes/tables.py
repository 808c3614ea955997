"""Editions of classification schemes."""

from services.actions.classification.schemes.record import Scheme
from shared.records.columns import table_of

scheme = table_of(Scheme, "action_scheme")
