"""When experts are reminded, and of what."""

from datetime import timedelta

TERM_ENDING, PROFILE_DUE, DECLARATION_DUE = "term_ending", "profile_due", "declaration_due"
"""The kinds, which are also the ends of the types of their facts."""
DAYS_BEFORE = (60, 30, 7)
"""How many days before the last day of a term its expert is reminded."""
LATEST = timedelta(days=6)
"""How much later a reminder is still made, after an outage."""
RETENTION = timedelta(days=365)
"""How long a reminder is stored, so that it is not repeated."""
