"""Conflicts of interest between the members of a panel and the nominations of its call."""
