"""What the members of a panel give to a centre that they evaluate."""
