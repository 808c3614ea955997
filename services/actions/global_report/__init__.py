"""The ESCM Global Report: editions with their calls, and the contributions of which they are made.

Editors open an edition, people propose chapters and write them, and everybody sees who is late.
"""
