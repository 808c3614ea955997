"""Tasks that follow from meetings, letters, reviews and milestones."""
