"""Actions and milestones in imports and exports."""
