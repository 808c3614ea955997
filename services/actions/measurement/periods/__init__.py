"""When results are expected."""
