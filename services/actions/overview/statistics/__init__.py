"""Numbers of programmes, their actions and budgets, and of the whole plan."""
