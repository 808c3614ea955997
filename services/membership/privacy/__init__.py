"""What membership owes the people it keeps records about."""
