"""Files of evidence."""

from services.actions.reporting.evidence.record import Evidence
from shared.records.columns import table_of

evidence = table_of(Evidence, "action_evidence")
