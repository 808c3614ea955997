"""A country on one page: its stage, what it lacks for the next one, its people, letters, tasks and records."""
