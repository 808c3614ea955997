"""What is known of countries and of the whole plan: stages, country pages, coverage of schemes, and numbers.

It reads every other context, as far as the caller may know of the rows, and no other context reads it.
"""
