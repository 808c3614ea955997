"""A reporting round on one page: who owes a report about a period, what came in, results to validate, reminders."""
