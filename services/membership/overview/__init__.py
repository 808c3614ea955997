"""What is known of membership as a whole: open data and numbers, as far as the caller may know of the rows.

It reads every other context, and no other context reads it.
"""
