"""What was planned, what happened and what is done, over time."""
